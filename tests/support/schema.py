"""Values against schemas of an OpenAPI 3.0.3 document: as much of JSON Schema as ours have, and not a word more. What a schema does not know is an error,
so that what an answer carries is described.
"""
import datetime
import re

KNOWN = {"$ref", "type", "enum", "required", "properties", "items", "oneOf", "description", "format", "pattern", "minimum", "maxLength", "example"}
TYPES = {"string": str, "object": dict, "array": list, "boolean": bool, "integer": int}


def is_day(text):
    try:
        return bool(datetime.date.fromisoformat(text))
    except ValueError:
        return False


FORMATS = {
    "date": is_day,
    "date-time": lambda text: bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", text)) and is_day(text[:10]),
    "binary": lambda text: True,
}


class Schemas:
    def __init__(self, document):
        self.named = document["components"]["schemas"]

    def resolve(self, schema):
        while "$ref" in schema:
            schema = self.named[schema["$ref"].rpartition("/")[2]]
        return schema

    def faults(self, value, schema, where="$"):
        """What is wrong with the value, as texts."""
        schema = self.resolve(schema)
        unknown = set(schema) - KNOWN
        if unknown:
            return [f"{where}: the schema has {sorted(unknown)}, which nothing here understands"]
        if "oneOf" in schema:
            tries = [self.faults(value, each, where) for each in schema["oneOf"]]
            fits = sum(not each for each in tries)
            return [] if fits == 1 else [f"{where}: {fits} of {len(tries)} kinds fit", *min(tries, key=len)]
        kind = TYPES[schema["type"]]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            return [f"{where}: {value!r:.60} is no {schema['type']}"]
        return [*self.plain_faults(value, schema, where), *self.inner_faults(value, schema, where)]

    def plain_faults(self, value, schema, where):
        found = []
        if "enum" in schema and value not in schema["enum"]:
            found.append(f"{where}: {value!r} is none of {schema['enum']}")
        if "minimum" in schema and value < schema["minimum"]:
            found.append(f"{where}: {value} is too small")
        if isinstance(value, str):
            if len(value) > schema.get("maxLength", len(value)):
                found.append(f"{where}: it is longer than {schema['maxLength']}")
            if "pattern" in schema and not re.search(schema["pattern"], value):
                found.append(f"{where}: {value!r} is not like {schema['pattern']}")
            if "format" in schema and not FORMATS[schema["format"]](value):
                found.append(f"{where}: {value!r} is no {schema['format']}")
        return found

    def inner_faults(self, value, schema, where):
        if isinstance(value, list):
            return [fault for number, each in enumerate(value) for fault in self.faults(each, schema["items"], f"{where}[{number}]")]
        if not isinstance(value, dict) or "properties" not in schema:
            return []
        found = [f"{where}.{name}: it is missing" for name in schema.get("required", []) if name not in value]
        for name, each in value.items():
            if name not in schema["properties"]:
                found.append(f"{where}.{name}: nobody said that it is there")
            else:
                found += self.faults(each, schema["properties"][name], f"{where}.{name}")
        return found
