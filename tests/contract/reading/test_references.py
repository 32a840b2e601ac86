"""Many files made one: wherever a reference leads, the document has it and the reference is a pointer to it."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from mockserver.contract.document import Document
from mockserver.contract.reading.reader import read

HEAD = "openapi: 3.1.0\ninfo: {title: Specimen, version: '1'}\n"


def write(folder: Path, **files: str) -> Path:
    """The root document, `openapi.yaml`; `__` in a name is a folder's end."""
    for name, text in files.items():
        path = folder / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text((HEAD if name == "openapi" else "") + dedent(text))
    return folder / "openapi.yaml"


def load(folder: Path, **files: str) -> Document:
    return read(write(folder, **files))


def test_a_reference_into_another_file_is_followed(tmp_path: Path) -> None:
    """Relative to the file that it stands in, and on from there, back into the root as well."""
    document = load(
        tmp_path,
        openapi="""
            paths:
              /pets: {$ref: paths/pets.yaml}
            components:
              schemas:
                Name: {type: string}
        """,
        paths__pets="""
            get:
              parameters: [{$ref: '#/x-own/0'}]
              responses: {'200': {$ref: '../shared.yaml#/responses/Pets'}}
            x-own: [{name: limit, in: query, schema: {type: integer}}]
        """,
        shared="""
            responses:
              Pets: {description: '', content: {application/json: {schema: {$ref: ./schemas/pet.yaml}}}}
        """,
        schemas__pet="""
            type: object
            properties:
              name: {$ref: '../openapi.yaml#/components/schemas/Name'}
              parent: {$ref: '#'}
        """,
    )

    [(path, method, operation)] = document.operations()
    [parameter] = document.parameters(path, operation)
    pet = document.resolve(document.resolve(operation["responses"]["200"])["content"]["application/json"]["schema"])

    assert (path, method, parameter["name"]) == ("/pets", "get", "limit")
    assert pet["properties"]["name"] == {"$ref": "#/components/schemas/Name"}
    assert document.resolve(pet["properties"]["parent"]) is pet
    assert document.flaws == []


def test_a_pointer_says_in_which_file_something_stands(tmp_path: Path) -> None:
    """The place of what was referred to is in its own file."""
    document = load(
        tmp_path,
        openapi="components: {schemas: {A: {$ref: 'b%20c.yaml#/d~1e'}}}",
        **{"b c": "d/e: {type: string}"},
    )

    reference = document.schemas["A"]["$ref"]
    [place] = document.places([reference])

    assert reference == "#/x-mock-files/b c.yaml/d~1e"
    assert document.at(reference) == {"type": "string"}
    assert (place.file, place.pointer) == ("b c.yaml", "#/d~1e")


def test_circles_of_files_end(tmp_path: Path) -> None:
    """Two files that refer to each other are each read once."""
    document = load(
        tmp_path,
        openapi="components: {schemas: {A: {$ref: a.yaml}}}",
        a="{properties: {b: {$ref: b.yaml}}}",
        b="{properties: {a: {$ref: a.yaml}}}",
    )

    a = document.resolve(document.schemas["A"])
    b = document.resolve(a["properties"]["b"])

    assert document.resolve(b["properties"]["a"]) is a


@pytest.mark.parametrize(
    ("reference", "kind", "message"),
    [
        ("none.yaml", "unreadable", "none.yaml: the document cannot be read: No such file or directory."),
        ("bad.yaml", "unparsable", "bad.yaml: expected YAML or JSON, but it does not parse"),
        ("../secret.yaml", "forbidden-reference", "lies outside"),
        ("/etc/hostname", "forbidden-reference", "/etc/hostname lies outside"),
        ("file:///etc/hostname", "forbidden-reference", "/etc/hostname lies outside"),
        ("gopher://host/x", "forbidden-reference", "gopher://host/x is no URL that a document may refer to."),
        ("http://[", "forbidden-reference", "http://[ is no URL"),
        ("Nobody", "unreadable", "Nobody: the document cannot be read"),
    ],
)
def test_a_reference_that_cannot_be_followed_is_one_flaw(
    tmp_path: Path, reference: str, kind: str, message: str
) -> None:
    """However often it stands there, and the rest of the document is read."""
    document = load(
        tmp_path,
        openapi=f"components: {{schemas: {{A: {{$ref: '{reference}'}}, B: {{$ref: '{reference}'}}, C: {{}}}}}}",
        bad="a: [",
    )

    [flaw] = document.flaws
    assert (flaw.kind, flaw.pointer, flaw.costs) == (kind, "#/components/schemas/A", "nothing")
    assert message in flaw.message
    assert document.schemas["A"] == {"$ref": reference}


def test_references_to_other_hosts_are_one_flaw(tmp_path: Path) -> None:
    """One clear message says how many there are, where they lead, and the option that allows them."""
    document = load(
        tmp_path,
        openapi="""
            components:
              schemas:
                A: {$ref: 'https://one.test/a.yaml'}
                B: {$ref: 'https://one.test/b.yaml#/x'}
                C: {$ref: 'http://two.test/c.yaml'}
        """,
    )

    [flaw] = document.flaws
    assert flaw.message == (
        "3 references point to other hosts (http://two.test/, https://one.test/) and are not followed."
    )
    assert flaw.remedy == "Allow them with --allow-remote-refs, or bundle the document into files."


def test_a_bare_name_is_that_of_a_schema(tmp_path: Path) -> None:
    """As Swagger 1 wrote references."""
    document = load(tmp_path, openapi="components: {schemas: {A: {$ref: B}, B: {type: string}}}")

    assert document.schemas["A"] == {"$ref": "#/components/schemas/B"}
    assert document.flaws == []


def test_a_pointer_meant_for_the_root_is_looked_up_there(tmp_path: Path) -> None:
    """Files written for tools that paste them into the root point at the root's components."""
    document = load(
        tmp_path,
        openapi="components: {schemas: {A: {$ref: a.yaml}, B: {type: string}}}",
        a="{properties: {b: {$ref: '#/components/schemas/B'}}}",
    )

    [flaw] = document.flaws
    assert document.resolve(document.schemas["A"])["properties"]["b"] == {"$ref": "#/components/schemas/B"}
    assert flaw.kind == "misplaced-reference"
    assert document.places([flaw.pointer])[0].file == "a.yaml"


def test_what_is_data_is_left_alone(tmp_path: Path) -> None:
    """A `$ref` in an example is part of the example; a property may be called like a keyword."""
    document = load(
        tmp_path,
        openapi="""
            components:
              schemas:
                A:
                  example: {$ref: no.yaml}
                  enum: [{$ref: no.yaml}]
                  examples: [{$ref: no.yaml}]
                  x-own: {$ref: no.yaml}
                  properties:
                    example: {$ref: b.yaml}
                    $ref: {type: string}
              examples:
                B: {value: {$ref: no.yaml}}
                C: {$ref: b.yaml}
        """,
        b="type: string",
    )

    assert document.flaws == []
    assert document.schemas["A"]["properties"]["example"] == {"$ref": "#/x-mock-files/b.yaml"}
    assert document.schemas["A"]["example"] == {"$ref": "no.yaml"}
    assert document.raw["components"]["examples"]["C"] == {"$ref": "#/x-mock-files/b.yaml"}


def test_a_discriminator_maps_to_files_too(tmp_path: Path) -> None:
    """Its values are references, or names of schemas."""
    document = load(
        tmp_path,
        openapi="""
            components:
              schemas:
                A:
                  discriminator: {propertyName: kind, mapping: {dog: dog.yaml, cat: Cat}}
        """,
        dog="type: object",
    )

    assert document.schemas["A"]["discriminator"]["mapping"] == {"dog": "#/x-mock-files/dog.yaml", "cat": "Cat"}


def test_a_description_may_be_a_file(tmp_path: Path) -> None:
    """The reference becomes the text of the file."""
    (tmp_path / "words.md").write_text("# Words")

    document = load(tmp_path, openapi="tags: [{name: a, description: {$ref: words.md}}]")

    assert document.raw["tags"][0]["description"] == "# Words"


def test_schemas_may_be_called_by_identifier_and_anchor(tmp_path: Path) -> None:
    """`$id` and `$anchor` name resources of the document; references to them become pointers."""
    document = load(
        tmp_path,
        openapi="""
            components:
              schemas:
                A: {$id: 'https://schemas.test/a', $defs: {b: {$anchor: bee, type: string}}, items: {$ref: '#bee'}}
                B: {$ref: 'https://schemas.test/a'}
                C: {$ref: 'https://schemas.test/a#bee'}
                D: {$ref: 'https://schemas.test/a#/$defs/b'}
                E: {$anchor: ee, items: {$ref: '#ee'}}
                F: {$id: 'https://schemas.test/f', items: {$ref: a}}
                G: {$ref: 'https://schemas.test/f'}
        """,
    )
    schemas = document.schemas

    assert document.flaws == []
    assert schemas["A"] == {
        "$defs": {"b": {"type": "string"}},
        "items": {"$ref": "#/components/schemas/A/$defs/b"},
    }
    assert schemas["B"]["$ref"] == "#/components/schemas/A"
    assert schemas["C"]["$ref"] == schemas["D"]["$ref"] == "#/components/schemas/A/$defs/b"
    assert schemas["E"] == {"items": {"$ref": "#/components/schemas/E"}}
    assert schemas["F"] == {"items": {"$ref": "#/components/schemas/A"}}
    assert schemas["G"] == {"$ref": "#/components/schemas/F"}


def test_a_document_may_name_itself(tmp_path: Path) -> None:
    """References to the URI under `$self` stay in the document."""
    document = load(
        tmp_path,
        openapi="""
            $self: https://apis.test/pets.yaml
            components: {schemas: {A: {$ref: 'https://apis.test/pets.yaml#/components/schemas/B'}, B: {}}}
        """,
    )

    assert document.flaws == []
    assert document.schemas["A"] == {"$ref": "#/components/schemas/B"}


def test_parts_shared_by_an_alias_are_followed_once(tmp_path: Path) -> None:
    """An object that stands in several places is changed in one."""
    document = load(
        tmp_path,
        openapi="""
            components: {schemas: {A: &a {$ref: b.yaml}, B: *a}}
        """,
        b="type: string",
    )

    assert document.schemas["A"] == document.schemas["B"] == {"$ref": "#/x-mock-files/b.yaml"}
