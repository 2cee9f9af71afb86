"""Certificates: the one TLS context, with the authorities that the operator trusts."""

import functools
import re
import ssl
from collections.abc import Sequence
from pathlib import Path

import certifi

# The names of certificates in a folder, as `openssl rehash` makes them; others are not found.
_HASHED = re.compile(r"[0-9a-f]{8}\.\d+")


class CertificatesUnusable(Exception):
    """SSL_CERT_FILE or SSL_CERT_DIR names nothing to trust; the text says why and what to do."""


@functools.cache
def tls_context(cert_file: str | None = None, cert_dir: str | None = None) -> ssl.SSLContext:
    """Return a context that trusts these authorities alone, or by default the public ones.

    By default that is what the system trusts, and certifi's list, which is there on every system.
    To read them takes 50 ms, so that it is done once.

    Raises:
        CertificatesUnusable: A file or folder holds no certificate.
    """
    if cert_file is None and cert_dir is None:
        context = ssl.create_default_context()
        context.load_verify_locations(certifi.where())
        return context
    if cert_file is None:
        _check_folders(str(cert_dir).split(":"))
    try:
        return ssl.create_default_context(cafile=cert_file, capath=cert_dir)
    except ssl.SSLError:
        raise CertificatesUnusable(
            "SSL_CERT_FILE holds no certificate in PEM format: name another file."
        ) from None
    except OSError as error:
        raise CertificatesUnusable(
            f"SSL_CERT_FILE can't be read ({error.strerror}): name another file."
        ) from error


def _check_folders(folders: Sequence[str]) -> None:
    names: list[str] = []
    for folder in filter(None, folders):
        try:
            names += [path.name for path in Path(folder).iterdir()]
        except OSError as error:
            raise CertificatesUnusable(
                f"SSL_CERT_DIR can't be read ({error.strerror}): name another folder."
            ) from error
    if not any(map(_HASHED.fullmatch, names)):
        raise CertificatesUnusable(
            "SSL_CERT_DIR holds no certificate under the name of its hash: run `openssl rehash` on it."
        )
