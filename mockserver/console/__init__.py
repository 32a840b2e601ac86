"""The console: static pages that show and change worlds through the control plane, and can do nothing else.

`files` serves them at /_mock/console/. They are HTML, CSS and ES modules of our own, without a build step.
"""
