"""Writes protobuf's text format, in which the services read their configuration."""


def dump(message, indent=""):
    """Of a dict: a dict is a message, a list a repeated field, None is left out."""
    lines = []
    for name, value in message.items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                lines.append(f"{indent}{name} {{\n{dump(one, indent + '  ')}{indent}}}\n")
            elif one is not None:
                lines.append(f"{indent}{name}: {_scalar(one)}\n")
    return "".join(lines)


def _scalar(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    # Octal escapes: text format has no escape of its own for what is not ASCII.
    return '"' + "".join(_byte(byte) for byte in str(value).encode()) + '"'


def _byte(byte):
    if byte in b'"\\':
        return "\\" + chr(byte)
    return chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}"
