"""The vocabulary of documents: names of keys, of the list in an answer, and of what stands beside it."""

from __future__ import annotations

KEYS = ("id", "uuid", "guid", "name", "key", "slug", "number", "code", "sid", "gid", "arn", "identifier", "ref")
"""Names of fields that identify a record, in lower case without separators, the likeliest first."""

LISTS = (
    *("items", "data", "results", "result", "records", "entries", "values", "value", "list", "content", "elements"),
    *("rows", "objects", "resources", "hits", "collection", "nodes", "edges", "members"),
)
"""Names of the list in the answer of a list."""

ENVELOPE = frozenset(
    (
        *(
            "meta",
            "metadata",
            "links",
            "pagination",
            "paging",
            "page",
            "pages",
            "total",
            "totalcount",
            "count",
            "limit",
        ),
        *("offset", "next", "previous", "prev", "first", "last", "self", "hasmore", "hasnext", "cursor", "nextcursor"),
        *("nextpagetoken", "nexttoken", "nextlink", "object", "url", "href", "kind", "etag", "apiversion", "success"),
        *("status", "message", "code", "included", "jsonapi", "errors", "error", "warnings", "info", "size", "perpage"),
        *("pagesize", "totalpages", "totalitems", "totalresults", "currentpage", "lastpage", "requestid", "selflink"),
        *("continue", "more", "start", "start_index", "startindex", "itemsperpage", "marker", "nextmarker", "response"),
        *("istruncated", "incompleteresults", "numfound", "took", "version", "type", "id", "timestamp", "filters"),
        *("nextpage", "previouspage", "prevpage", "nexturl", "prevurl", "nextpageurl", "totalelements", "resultcount"),
        *("totalrecords", "pageinfo", "pagenumber", "numberofelements", "empty", "sort", "pageable", "query", "number"),
        *(
            "selfurl",
            "selfuri",
            "nextpageuri",
            "previouspageuri",
            "firstpageuri",
            "lastpageuri",
            "firstpageurl",
            "lastpageurl",
        ),
        *(
            "itemcount",
            "totalrows",
            "totalsize",
            "resultsetmetadata",
            "context",
            "odatacontext",
            "odatanextlink",
            "odatacount",
        ),
        *("unreachable", "hasnextpage", "haspreviouspage", "resultinfo", "messages", "expand", "maxresults", "islast"),
    )
)
"""Names that stand beside the list in such an answer, without case and separators."""
