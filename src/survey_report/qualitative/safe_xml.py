"""XML of unknown origin as a tree: no document types, no entities, no great depth.

Only what expat itself expands (`&amp;`, `&#233;`) is expanded. Names lose their namespace: programs differ in the
version they put there (`urn:QDA-XML:project:1.0`, `urn:QDA-XML:project:0:10`), not in what the elements mean.
"""

from __future__ import annotations

from xml.etree import ElementTree
from xml.parsers import expat

from survey_report.errors import Problem, UserError

DEPTH = 200
ELEMENTS, ATTRIBUTES = 1_000_000, 100  # of a project, and of an element; large projects have a tenth of them
SPACE = "\n"  # cannot stand in a namespace


def parse(content: bytes, file: str) -> tuple[ElementTree.Element, str]:
    """The root element with plain names, and the root's namespace (empty if it has none).

    Raises UserError for anything that is not well-formed, declares a document type or an entity, or is nested deeper
    than `DEPTH`, or holds more elements or attributes than a project can need.
    """
    builder = ElementTree.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator=SPACE)
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    depth = elements = 0
    namespace: list[str] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, elements
        depth += 1
        elements += 1
        if elements > ELEMENTS:
            raise _refused(file, parser.CurrentLineNumber, f"holds more than {ELEMENTS:,} elements")
        if len(attributes) > ATTRIBUTES:
            raise _refused(file, parser.CurrentLineNumber, f"has an element of more than {ATTRIBUTES} attributes")
        if depth > DEPTH:
            raise _refused(file, parser.CurrentLineNumber, f"is nested more than {DEPTH} levels deep")
        space, _, plain = name.rpartition(SPACE)
        if depth == 1:
            namespace.append(space)
        builder.start(plain, {key.rpartition(SPACE)[2]: value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name.rpartition(SPACE)[2])

    def declared(*_: object) -> None:
        raise _refused(file, parser.CurrentLineNumber, "declares a document type or an entity, which no project needs")

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = declared
    parser.EntityDeclHandler = declared
    parser.UnparsedEntityDeclHandler = declared
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise _refused(file, error.lineno, "is not well-formed XML") from error
    except (LookupError, ValueError) as error:  # an encoding that is declared but not known
        raise _refused(file, 1, "is in an encoding that cannot be read") from error
    return builder.close(), namespace[0]


def _refused(file: str, line: int, message: str) -> UserError:
    return UserError([Problem(file, f"line {line} of the project", "", message, "export the project again")])
