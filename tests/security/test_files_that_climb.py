"""A multipart body is sent with another name and content of its file, and is whole otherwise."""

from email import message_from_bytes

from urllib3.filepost import encode_multipart_formdata

from troth.probes.uploading import _parts


def test_the_file_has_another_name_and_content_and_the_rest_is_as_it_was():
    fields = [("title", "notes"), ("file", ("a.txt", b"one\r\n\r\ntwo", "text/plain")), ("n", "1")]
    body, media_type = encode_multipart_formdata(fields, boundary="troth")
    made = _parts(body, "../static/b.txt", "three")
    parsed = message_from_bytes(f"Content-Type: {media_type}\r\n\r\n".encode() + made)
    told = [
        (
            each.get_param("name", header="content-disposition"),
            each.get_filename(),
            each.get_payload(),
        )
        for each in parsed.get_payload()
    ]
    assert told == [
        ("title", None, "notes"),
        ("file", "../static/b.txt", "three"),
        ("n", None, "1"),
    ]
    assert made.endswith(b"--troth--\r\n")
