"""Multipart forms as browsers write them; the encoder of the test client leaves a line out where a field is empty."""


def form_bytes(*parts: tuple[str, bytes], boundary: str = "edge", end: bool = True) -> bytes:
    made = b"".join(
        f"--{boundary}\r\nContent-Disposition: form-data; {head}\r\n\r\n".encode() + body + b"\r\n"
        for head, body in parts
    )
    return made + (f"--{boundary}--\r\n".encode() if end else b"")
