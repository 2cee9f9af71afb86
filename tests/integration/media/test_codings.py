"""In which packing a file may arrive."""

import gzip
import zlib
from collections.abc import Callable, Mapping

import pytest

from bot.media.errors import DownloadFailed, NoMedium, NotWhole, TooLarge, Undecodable
from tests.integration.media.site import MP4, Fetch, Left, Site, without_an_end

BODY = MP4 + bytes(range(256)) * 2000


def raw_deflate(body: bytes) -> bytes:
    """Pack as many servers understand `deflate`, against RFC 9110."""
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def members(body: bytes) -> bytes:
    """Pack into two members, as parallel packers do (RFC 1952, section 2.2)."""
    half = len(body) // 2
    return gzip.compress(body[:half]) + gzip.compress(body[half:])


def twice(body: bytes) -> bytes:
    """Pack what is packed."""
    return gzip.compress(gzip.compress(body))


def plain(body: bytes) -> bytes:
    """Pack nothing."""
    return body


PACKED: Mapping[str, tuple[Callable[[bytes], bytes], str | None]] = {
    "gzip": (gzip.compress, "gzip"),
    "x-gzip": (gzip.compress, "X-GZIP"),
    "gzip that no header names": (gzip.compress, None),
    "gzip that is called deflate": (gzip.compress, "deflate"),
    "gzip that is called br": (gzip.compress, "br"),
    "gzip of two members": (members, "gzip"),
    "gzip with something after it": (lambda body: gzip.compress(body) + b"\0" * 99, "gzip"),
    "gzip twice": (twice, "gzip, gzip"),
    "gzip twice, named once": (twice, "gzip"),
    "gzip once, named twice": (gzip.compress, "gzip, gzip"),
    "deflate": (zlib.compress, "deflate"),
    "raw deflate": (raw_deflate, "deflate"),
    "deflate, then gzip": (lambda body: gzip.compress(zlib.compress(body)), "deflate, gzip"),
    "plain, called gzip": (plain, "gzip"),
    "plain, called deflate": (plain, "deflate"),
    "plain, called br": (plain, "br"),
    "plain, called identity": (plain, "identity"),
    "plain, called nonsense": (plain, "¿, ,"),
}


@pytest.mark.parametrize("name", PACKED)
@pytest.mark.parametrize("has_length", [True, False])
async def test_a_packed_download_arrives_unpacked(
    site: Site, fetch: Fetch, left: Left, name: str, has_length: bool
) -> None:
    """The contents decide about the packing, whatever the header says."""
    pack, coding = PACKED[name]
    headers = {} if coding is None else {"Content-Encoding": coding}
    if has_length:
        site.answer(pack(BODY), headers=headers)
    else:
        line = "".join(f"{key}: {value}\r\n" for key, value in headers.items())
        without_an_end(site, pack(BODY), headers=line)

    file = await fetch(size=len(BODY))

    assert file.path.read_bytes() == BODY
    assert (file.size, file.media_type, left()) == (len(BODY), "video/mp4", ["video-1-1.mp4"])


@pytest.mark.parametrize(
    "pack", [gzip.compress, zlib.compress, raw_deflate], ids=["gzip", "deflate", "raw deflate"]
)
async def test_a_packed_download_has_the_cap_of_its_contents(
    site: Site, fetch: Fetch, left: Left, pack: Callable[[bytes], bytes]
) -> None:
    """What unpacks to more than the cap is given up at the cap; exactly the cap is allowed."""
    site.answer(pack(BODY), headers={"Content-Encoding": "deflate"})

    assert (await fetch(cap=len(BODY))).size == len(BODY)
    with pytest.raises(TooLarge):
        await fetch(cap=len(BODY) - 1)
    assert left() == ["video-1-1.mp4"]


@pytest.mark.parametrize(
    "pack", [gzip.compress, zlib.compress, raw_deflate], ids=["gzip", "deflate", "raw deflate"]
)
@pytest.mark.parametrize("part", [0.2, 0.5, 0.99])
async def test_a_packed_download_that_breaks_off(
    site: Site, fetch: Fetch, left: Left, pack: Callable[[bytes], bytes], part: float
) -> None:
    """Less than the whole packing is less than the whole file, although its length is as stated."""
    packed = pack(BODY)
    site.answer(packed[: int(len(packed) * part)], headers={"Content-Encoding": "deflate"})

    with pytest.raises(NotWhole) as caught:
        await fetch()

    assert (caught.value.retryable, left()) == (True, [])


async def test_a_damaged_packing(site: Site, fetch: Fetch) -> None:
    """A file whose packing is damaged may be whole the next time."""
    packed = bytearray(gzip.compress(BODY))
    packed[-8] ^= 0xFF  # the checksum
    site.answer(bytes(packed))

    with pytest.raises(NotWhole):
        await fetch()


@pytest.mark.parametrize("coding", ["br", "zstd", "compress", "gzip, br", "aes128gcm"])
async def test_an_unknown_coding_is_tried_again(site: Site, fetch: Fetch, coding: str) -> None:
    """What can't be unpacked here is not called unfit to be shown."""
    site.answer(b"\x8b\x07\x80" + b"packed somehow" * 50, headers={"Content-Encoding": coding})

    with pytest.raises(Undecodable) as caught:
        await fetch()

    assert caught.value.retryable


async def test_a_packed_page_is_no_medium(site: Site, fetch: Fetch, left: Left) -> None:
    """A page is a page in every packing."""
    site.answer(gzip.compress(b"<html>sign in</html>"), headers={"Content-Encoding": "gzip"})

    with pytest.raises(NoMedium):
        await fetch()

    assert left() == []


async def test_a_page_without_a_length_may_be_the_beginning_of_anything(
    site: Site, fetch: Fetch
) -> None:
    """Only a file that is known to be whole is known to be no medium."""
    page = b"<html>sign in</html>"
    without_an_end(site, page)

    with pytest.raises(NotWhole):
        await fetch()
    with pytest.raises(NotWhole):
        await fetch(size=len(page) + 1)
    with pytest.raises(NoMedium):
        await fetch(size=len(page))


@pytest.mark.parametrize("status", [206, 416])
async def test_a_part_of_a_file_is_not_the_file(site: Site, fetch: Fetch, status: int) -> None:
    """A range that was not asked for is tried again."""
    site.answer(MP4, status, {"Content-Range": f"bytes 0-31/{len(BODY)}"})

    with pytest.raises(DownloadFailed) as caught:
        await fetch()

    assert caught.value.retryable
