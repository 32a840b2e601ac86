"""The Kubernetes client, unmodified, against its vendor's document: config maps of a namespace."""

from kubernetes import client
from steps import URL, fails, same, step

configuration = client.Configuration()
configuration.host = URL
configuration.api_key = {"authorization": "Bearer mock"}
api = client.CoreV1Api(client.ApiClient(configuration))


def config_map(name: str, **data: str) -> client.V1ConfigMap:
    return client.V1ConfigMap(
        api_version="v1", kind="ConfigMap", metadata=client.V1ObjectMeta(name=name, namespace="default"), data=data
    )


def names(page: client.V1ConfigMapList) -> list[str]:
    return [each.metadata.name for each in page.items]


made = step("create", lambda: api.create_namespaced_config_map("default", config_map("one", a="1")))
step("read", lambda: same(api.read_namespaced_config_map("one", "default").data, {"a": "1"}))
step("create more", lambda: [api.create_namespaced_config_map("default", config_map(f"n{n}", a="1")) for n in range(4)])
step(
    "list",
    lambda: same("one" in [each.metadata.name for each in api.list_namespaced_config_map("default").items], True),
)


def pages() -> None:
    found: list[str] = []
    page = api.list_namespaced_config_map("default", limit=2)
    for _ in range(50):
        found += names(page)
        if not page.metadata or not page.metadata._continue:
            break
        page = api.list_namespaced_config_map("default", limit=2, _continue=page.metadata._continue)
    same(len(found), len(set(found)))
    same({"one", "n0", "n1", "n2", "n3"} <= set(found), True)


step("page", pages)
step(
    "replace",
    lambda: same(api.replace_namespaced_config_map("one", "default", config_map("one", a="2")).data, {"a": "2"}),
)
step(
    "patch",
    lambda: same(api.patch_namespaced_config_map("one", "default", {"data": {"b": "3"}}).data, {"a": "2", "b": "3"}),
)
step("read again", lambda: same(api.read_namespaced_config_map("one", "default").data, {"a": "2", "b": "3"}))
step("delete", lambda: api.delete_namespaced_config_map("one", "default"))
step("error", lambda: fails(client.ApiException, lambda: api.read_namespaced_config_map("one", "default")))
