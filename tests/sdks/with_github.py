"""PyGithub, unmodified, against its vendor's document: issues of a repository."""

import github
from steps import URL, fails, same, step

api = github.Github(base_url=URL, auth=github.Auth.Token("mock"), retry=None, per_page=2, lazy=True)
repository = step("repository", lambda: api.get_repo("octocat/Hello-World"))

made = step("create", lambda: repository.create_issue("Found a bug", body="It is broken."))
step("read", lambda: same(repository.get_issue(made.number).title, "Found a bug"))
more = step("create more", lambda: [repository.create_issue(f"n{n}").number for n in range(5)])
step("list", lambda: same(made.number in [each.number for each in repository.get_issues(state="all")], True))


def pages() -> None:
    found = [each.number for each in repository.get_issues(state="all")]
    same(len(found), len(set(found)))
    same({made.number, *more} <= set(found), True)


step("page", pages)
step("update", lambda: made.edit(title="Found a feature"))
step("read again", lambda: same(repository.get_issue(made.number).title, "Found a feature"))
comment = step("create a comment", lambda: made.create_comment("Me too"))
step("list comments", lambda: same([each.body for each in made.get_comments()], ["Me too"]))
step("delete", lambda: comment and comment.delete())
step("list comments again", lambda: same([*made.get_comments()], []))
step("error", lambda: fails(github.GithubException, lambda: repository.get_issue(999_999).title))
