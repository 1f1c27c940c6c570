"""Makes the keys of deploy/compose.yaml where they are not there yet, readable by their owner and group alone."""

import base64
import os
import pathlib
import secrets

FOLDER = pathlib.Path(os.environ.get("MESH_KEYS", "/var/lib/mesh"))


def write(name, text):
    if not (FOLDER / name).exists():
        with os.fdopen(os.open(FOLDER / f".{name}", os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o440), "w") as file:
            file.write(text)
        (FOLDER / f".{name}").rename(FOLDER / name)


for key in ("auth.key", "cursor.key", "mcp-frontend.key"):
    write(key, base64.b64encode(secrets.token_bytes(32)).decode() + "\n")
write("api-key", "mk_" + secrets.token_urlsafe(32) + "\n")
write("database-password", secrets.token_urlsafe(24))
password = (FOLDER / "database-password").read_text()
write("database-url", f"postgres://mesh:{password}@database/mesh\n")
# Of fake-zoho, as its README has it.
write("client-secret", "5ec2e700000000000000000000000000000000a001\n")
