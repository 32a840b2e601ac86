"""XML by the `xml` object of OpenAPI: names, attributes, wrapped arrays and namespaces.

Read by defusedxml, which refuses document types, so neither entities nor external references get in.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any
from xml.etree import ElementTree  # builds and writes; what came is read by defusedxml
from xml.etree.ElementTree import Element, SubElement

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from mockserver.contract.bodies import DEEPEST, TextCodec, value_text
from mockserver.contract.codecs.elements import Called, Elements, Misnamed, Plan, called, check
from mockserver.contract.codecs.typed import NOTHING, Typed
from mockserver.contract.codecs.unwritten import missing
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
        try:
            return self._root(root), None
        except Misnamed as error:
            return ABSENT, error.violation()

    def _root(self, root: Element) -> Any:
        if names := self._names.roots(self.schema):
            check("root element", names, [root.tag])
        if "array" in self._kinds(self.schema):
            return self._list(list(root), self.schema, self._named_items(self.schema))
        return self._value(root, self.schema)

    @cached_property
    def _names(self) -> Elements:
        return Elements(self.typed.document)

    def _value(self, element: Element, schema: Any) -> Any:
        kinds = self._kinds(schema)
        if "object" in kinds or (not kinds and (len(element) or element.attrib)):
            text = (element.text or "").strip()  # between elements there are line breaks
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

    def _list(self, elements: list[Element], schema: Any, name: Called | None = None) -> list[Any]:
        """The items of an array; `name`: what each of them must be called, if that is known."""
        items, made = self.typed.items(schema), list[Any]()
        for each in elements:
            try:
                if name is not None:
                    check("element", [name], [each.tag])
                made.append(self._value(each, items))
            except Misnamed as error:
                error.place.insert(0, len(made))
                raise
        return made

    def _named_items(self, schema: Any, name: str | None = None) -> Called | None:
        """What the items of an array must be called; `name`: what else they are called by, if by anything."""
        items = self.typed.items(schema)
        xml = self._names.xml(items)
        if "name" not in xml and (name is None or "name" in self._xml(items)):
            return None
        return called(xml, name or "")

    def _object(self, element: Element, schema: Any) -> dict[str, Any]:
        made: dict[str, Any] = {}
        plan = self._plan(schema)
        alike = plan.alike
        properties = self.typed.properties(schema)
        came = {_local(child.tag) for child in element}.union(f"@{_local(name)}" for name in element.attrib)
        for name, part, shows in plan.parts:
            # a list may have very many objects, each with few of the properties that there are
            if shows is not None and shows not in came:
                continue
            try:
                found = self._property(element, name, part, alike=name in alike)
            except Misnamed as error:
                error.place.insert(0, name)
                raise
            if found is not ABSENT:
                made[name] = found
        others: dict[str, list[Any]] = {}
        for child in element:
            tag = _local(child.tag)
            if tag not in plan.names:
                self._refuse_name(properties, tag, f"element <{tag}>")
                others.setdefault(tag, []).append(self._value(child, self.typed.property(schema, tag)))
        made |= {tag: _only(values) for tag, values in others.items() if tag not in made}
        for name, given in element.attrib.items():
            if f"@{_local(name)}" not in plan.names:
                self._refuse_name(properties, _local(name), f"attribute {_local(name)}")
                made.setdefault(_local(name), given)
        # an array that has no element of its own has no way to be empty but not to be there
        bare = missing(made, schema, self.typed, ("array",))
        return made | {
            name: each
            for name, each in bare.items()
            if not (name in alike or _wrapped(self._xml(self.typed.property(schema, name))))
        }

    def _refuse_name(self, properties: Mapping[str, Any], name: str, came: str) -> None:
        """Misnamed for what has the name of a property that is written otherwise: it is not that property."""
        if name not in properties:
            return
        schema = properties[name]
        xml = self._names.xml(schema)
        if _is_attribute(xml):
            expected = f"attribute {xml.get('name', name)}"
        elif "array" in self._kinds(schema) and not _wrapped(xml):
            items = self._named_items(schema, str(xml.get("name", name)))
            expected = came if items is None else f"element {items}"
        else:
            expected = f"element {called(xml, name)}"
        if expected != came:
            raise Misnamed(expected, came)

    @cached_property
    def _plans(self) -> dict[int, Plan]:
        """By the identity of the schema, which the plan keeps."""
        return {}

    def _plan(self, schema: Any) -> Plan:
        schema = schema if schema or not isinstance(schema, Mapping) else NOTHING  # of which there is one
        found = self._plans.get(id(schema))
        if found is None:
            alike = self._alike(schema)
            properties = self.typed.properties(schema).items()
            parts = tuple((name, part, self._shows(name, part, alike=name in alike)) for name, part in properties)
            names = frozenset(shows for _, _, shows in parts if shows is not None)
            found = self._plans[id(schema)] = Plan(schema, parts, names, alike)
        return found

    def _shows(self, name: str, schema: Any, *, alike: bool) -> str | None:
        """What shows that a property came: see `Plan`."""
        xml = self._xml(schema)
        known = str(xml.get("name", name))
        if _is_attribute(xml):
            return f"@{known}"
        if xml.get("nodeType") == "text":
            return None
        is_bare = "array" in self._kinds(schema) and not (alike or _wrapped(xml))
        return self._item_name(schema, name) if is_bare else known

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

    def _property(self, element: Element, name: str, schema: Any, *, alike: bool) -> Any:
        """One property of an object, ABSENT if it did not come."""
        xml = self._xml(schema)
        known = str(xml.get("name", name))
        strict = called(self._names.xml(schema), known)
        if _is_attribute(xml):
            given = next((value for key, value in element.attrib.items() if _local(key) == known), None)
            return ABSENT if given is None else self.typed.value(given, schema)
        if xml.get("nodeType") == "text":
            return self.typed.value(element.text or "", schema)
        if "array" not in self._kinds(schema):
            children = list(_named(element, known))
            check("element", [replace(strict, name=known)], [child.tag for child in children])
            found = [self._value(child, schema) for child in children]
            return _only(found) if found else ABSENT
        return self._array(element, name, schema, alike=alike)

    def _array(self, element: Element, name: str, schema: Any, *, alike: bool) -> Any:
        xml = self._xml(schema)
        if alike or _wrapped(xml):
            known = str(xml.get("name", name))
            wrapper = next(_named(element, known), None)
            if wrapper is None:
                return ABSENT
            check("element", [replace(called(self._names.xml(schema), known), name=known)], [wrapper.tag])
            # OpenAPI calls the items of a wrapped array as the array, where they have no name of their own
            return self._list(list(wrapper), schema, self._named_items(schema, known if xml.get("wrapped") else None))
        known = self._item_name(schema, name)
        found = list(_named(element, known))
        items = self._names.xml(self.typed.items(schema))
        return self._list(found, schema, replace(called(items, known), name=known)) if found else ABSENT

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
        names = self._names.roots(self.schema)
        root = Element(_qualified(names[0].name if names else str(xml.get("name", ROOT)), xml))
        if isinstance(value, list):
            self._append_items(root, value, self.schema, "item")
        else:
            self._fill(root, value, self.schema)
        _declare(root, xml)
        written: bytes = ElementTree.tostring(root, encoding="utf-8")
        return b'<?xml version="1.0" encoding="UTF-8"?>\n' + written

    def _fill(self, element: Element, value: Any, schema: Any) -> None:
        if isinstance(value, Mapping):
            alike = self._plan(schema).alike
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
        if _is_attribute(xml):
            if isinstance(xml.get("prefix"), str):
                _declare(element, xml)
            element.set(known, _text(value))
        elif xml.get("nodeType") == "text":
            element.text = _text(value)
        elif isinstance(value, list):
            parent = element
            if alike or _wrapped(xml):
                parent = SubElement(element, known)
                _declare(parent, xml)
            self._append_items(parent, value, schema, name)
        else:
            child = SubElement(element, known)
            _declare(child, xml)
            self._fill(child, value, schema)

    def _append_items(self, parent: Element, values: list[Any], schema: Any, name: str) -> None:
        items = self.typed.items(schema)
        xml = self._xml(items)
        tag = _qualified(self._item_name(schema, name), xml)
        for each in values:
            child = SubElement(parent, tag)
            _declare(child, xml)
            self._fill(child, each, items)


def _only(values: list[Any]) -> Any:
    """The value of an element; of several of one name a list, which the validator refuses where one is expected."""
    return values[0] if len(values) == 1 else values


def _flaw(message: str) -> Violation:
    return Violation("body", "", "xml", None, ABSENT, message)


def _is_attribute(xml: Mapping[str, Any]) -> bool:
    return bool(xml.get("attribute")) or xml.get("nodeType") == "attribute"


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
    # of the control characters XML has these three, and no escape for the others (XML 1.0, 2.2)
    return "".join(each for each in value_text(value) if each in "\t\n\r" or each >= " ")
