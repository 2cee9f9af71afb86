"""Authority: certificates for the servers of the benchmarks, which both bots trust."""

import ssl
from pathlib import Path

import trustme


def write_authority(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """Make an authority; return the file that a client trusts, and a server's context."""
    authority = trustme.CA()
    file = folder / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(tls)
    return file, tls
