"""One plain function per operationId of the control plane's document, a module per tag."""
