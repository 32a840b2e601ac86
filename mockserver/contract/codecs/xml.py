"""XML by the `xml` object of OpenAPI: names, attributes, wrapped arrays and namespaces.

Read by defusedxml, which refuses document types, so neither entities nor external references get in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree  # builds and writes; what came is read by defusedxml
from xml.etree.ElementTree import Element, SubElement

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from mockserver.contract.bodies import DEEPEST, TextCodec, value_text
from mockserver.contract.codecs.typed import Typed
from mockserver.contract.pointers import path_of_reference
from mockserver.contract.violations import ABSENT, Violation

ROOT = "root"
"""What an element is called that the document gives no name."""


@dataclass(frozen=True)
class XMLCodec(TextCodec):
    """XML documents of one schema."""

    typed: Typed
    schema: Any

    def read(self, text: bytes, content_type: str) -> tuple[Any, Violation | None]:
        if self._kinds(self.schema) <= {"string"}:
            return super().read(text, content_type)
        try:
            root = fromstring(text, forbid_dtd=True)
        except DefusedXmlException:
            return ABSENT, _flaw("must not have a document type, entities or external references")
        except (ElementTree.ParseError, ValueError, LookupError) as error:
            return ABSENT, _flaw(f"must be well-formed XML: {error}")
        if _depth(root) > DEEPEST:
            return ABSENT, Violation(
                "body", "", "depth", DEEPEST, ABSENT, f"must not nest deeper than {DEEPEST} levels"
            )
        if "array" in self._kinds(self.schema):
            return self._list(list(root), self.schema), None
        return self._value(root, self.schema), None

    def _value(self, element: Element, schema: Any) -> Any:
        kinds = self._kinds(schema)
        if "object" in kinds or (not kinds and (len(element) or element.attrib)):
            text = (element.text or "").strip()
            bare = text and not len(element) and not element.attrib and not self._takes_text(schema)
            return text if bare else self._object(element, schema)  # text in its place is no object
        if "array" in kinds:
            return self._list(list(element), schema)
        if len(element):  # elements where text is expected: what they say is not lost, and the validator refuses it
            return self._object(element, {})
        return self.typed.value(element.text or "", schema)

    def _takes_text(self, schema: Any) -> bool:
        """Whether one of an object's properties is the text of its element."""
        return any(self._xml(each).get("nodeType") == "text" for each in self.typed.properties(schema).values())

    def _list(self, elements: list[Element], schema: Any) -> list[Any]:
        items = self.typed.items(schema)
        return [self._value(each, items) for each in elements]

    def _object(self, element: Element, schema: Any) -> dict[str, Any]:
        made: dict[str, Any] = {}
        seen: set[str] = set()
        alike = self._alike(schema)
        for name, part in self.typed.properties(schema).items():
            found = self._property(element, name, part, seen, alike=name in alike)
            if found is not ABSENT:
                made[name] = found
        others: dict[str, list[Any]] = {}
        for child in element:
            tag = _local(child.tag)
            if tag not in seen:
                others.setdefault(tag, []).append(self._value(child, self.typed.property(schema, tag)))
        made |= {tag: _only(values) for tag, values in others.items() if tag not in made}
        for name, given in element.attrib.items():
            if f"@{_local(name)}" not in seen:
                made.setdefault(_local(name), given)
        return made

    def _alike(self, schema: Any) -> frozenset[str]:
        """Arrays of one object whose items are called alike, as Amazon's `item`.

        They are read and written within an element of their own, which OpenAPI asks for where `wrapped` says so: there
        is no other way to tell their items apart.
        """
        arrays = {
            name: self._item_name(part, name)
            for name, part in self.typed.properties(schema).items()
            if "array" in self._kinds(part) and not _wrapped(self._xml(part))
        }
        count = Counter(arrays.values())
        return frozenset(name for name, tag in arrays.items() if count[tag] > 1)

    def _property(self, element: Element, name: str, schema: Any, seen: set[str], *, alike: bool) -> Any:
        """One property of an object, ABSENT if it did not come. `seen`: the names that properties have taken."""
        xml = self._xml(schema)
        known = str(xml.get("name", name))
        if xml.get("attribute") or xml.get("nodeType") == "attribute":
            seen.add(f"@{known}")
            given = next((value for key, value in element.attrib.items() if _local(key) == known), None)
            return ABSENT if given is None else self.typed.value(given, schema)
        if xml.get("nodeType") == "text":
            return self.typed.value(element.text or "", schema)
        if "array" not in self._kinds(schema):
            seen.add(known)
            found = [self._value(child, schema) for child in _named(element, known)]
            return _only(found) if found else ABSENT
        return self._array(element, name, schema, seen, alike=alike)

    def _array(self, element: Element, name: str, schema: Any, seen: set[str], *, alike: bool) -> Any:
        xml = self._xml(schema)
        if alike or _wrapped(xml):
            seen.add(str(xml.get("name", name)))
            wrapper = next(_named(element, str(xml.get("name", name))), None)
            return ABSENT if wrapper is None else self._list(list(wrapper), schema)
        known = self._item_name(schema, name)
        seen.add(known)
        found = list(_named(element, known))
        return self._list(found, schema) if found else ABSENT

    def _item_name(self, schema: Any, name: str) -> str:
        """The name of an array's items: their own, else the array's, else the property's."""
        return str(self._xml(self.typed.items(schema)).get("name", self._xml(schema).get("name", name)))

    def _kinds(self, schema: Any) -> frozenset[str]:
        """The types that a value may have; where the schema names none, what it says of properties or items tells."""
        kinds = self.typed.kinds(schema)
        if kinds:
            return kinds
        told = {"object": self.typed.properties(schema), "array": self.typed.items(schema)}
        return frozenset(kind for kind, each in told.items() if each)

    def _xml(self, schema: Any) -> Mapping[str, Any]:
        found = self.typed.own(schema, "xml")
        return found if isinstance(found, Mapping) else {}

    def write(self, value: Any) -> bytes:
        if isinstance(value, str):
            return value.encode()
        xml = self._xml(self.schema)
        root = Element(_qualified(str(xml.get("name", self._component() or ROOT)), xml))
        if isinstance(value, list):
            self._append_items(root, value, self.schema, "item")
        else:
            self._fill(root, value, self.schema)
        _declare(root, xml)
        written: bytes = ElementTree.tostring(root, encoding="utf-8")
        return b'<?xml version="1.0" encoding="UTF-8"?>\n' + written

    def _component(self) -> str | None:
        """The name of the schema where it is a component: what its root element is called."""
        reference = self.schema.get("$ref") if isinstance(self.schema, Mapping) else None
        return path_of_reference(reference)[-1] if isinstance(reference, str) and "/" in reference else None

    def _fill(self, element: Element, value: Any, schema: Any) -> None:
        if isinstance(value, Mapping):
            alike = self._alike(schema)
            for name, each in value.items():
                self._write_property(element, name, each, self.typed.property(schema, name), alike=name in alike)
        elif isinstance(value, list):
            self._append_items(element, value, schema, "item")
        else:
            element.text = _text(value)

    def _write_property(self, element: Element, name: str, value: Any, schema: Any, *, alike: bool) -> None:
        xml = self._xml(schema)
        known = _qualified(str(xml.get("name", name)), xml)
        if value is None:
            return
        if xml.get("attribute") or xml.get("nodeType") == "attribute":
            element.set(known, _text(value))
        elif xml.get("nodeType") == "text":
            element.text = _text(value)
        elif isinstance(value, list):
            parent = SubElement(element, known) if alike or _wrapped(xml) else element
            self._append_items(parent, value, schema, name)
        else:
            child = SubElement(element, known)
            _declare(child, xml)
            self._fill(child, value, schema)

    def _append_items(self, parent: Element, values: list[Any], schema: Any, name: str) -> None:
        items = self.typed.items(schema)
        tag = _qualified(self._item_name(schema, name), self._xml(items))
        for each in values:
            self._fill(SubElement(parent, tag), each, items)


def _only(values: list[Any]) -> Any:
    """The value of an element; of several of one name a list, which the validator refuses where one is expected."""
    return values[0] if len(values) == 1 else values


def _flaw(message: str) -> Violation:
    return Violation("body", "", "xml", None, ABSENT, message)


def _wrapped(xml: Mapping[str, Any]) -> bool:
    return bool(xml.get("wrapped")) or xml.get("nodeType") == "element"


def _depth(root: Element) -> int:
    depth, level = 0, [root]
    while level and depth <= DEEPEST:
        depth += 1
        level = [child for each in level for child in each]
    return depth


def _named(element: Element, name: str) -> Iterator[Element]:
    return (child for child in element if _local(child.tag) == name)


def _local(tag: str) -> str:
    """A name without its namespace."""
    return tag.rpartition("}")[2]


def _qualified(name: str, xml: Mapping[str, Any]) -> str:
    prefix = xml.get("prefix")
    return f"{prefix}:{name}" if isinstance(prefix, str) and prefix else name


def _declare(element: Element, xml: Mapping[str, Any]) -> None:
    namespace, prefix = xml.get("namespace"), xml.get("prefix")
    if isinstance(namespace, str):
        element.set(f"xmlns:{prefix}" if prefix else "xmlns", namespace)


def _text(value: Any) -> str:
    return "".join(each for each in value_text(value) if each in "\t\n\r" or each >= " ")
