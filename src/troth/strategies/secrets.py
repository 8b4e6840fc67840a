"""Secrets that stand in tutorials, templates and lists of leaked ones: none is one."""

from typing import Final

_WORDS: Final = """
secret Secret SECRET secretkey secret_key secret-key secretKey SECRET_KEY mysecret mysecretkey
my-secret my_secret my-secret-key my_secret_key supersecret super-secret super_secret
supersecretkey super-secret-key super_secret_key topsecret top-secret verysecret very-secret
shhhhh shhhh s3cr3t s3cret jwt jwtsecret jwt-secret jwt_secret jwtSecret JWT_SECRET jwtsecretkey
jwt-secret-key jwt_secret_key jwt_secret_token jwtkey key private privatekey private-key
private_key token tokensecret token-secret accesstoken access_token_secret ACCESS_TOKEN_SECRET
password Password password1 passw0rd pass changeme change-me change_me changeit CHANGE_ME
please-change-me changethis default test testing test-secret test_secret testsecret testkey dev
development dev-secret dev_secret dev-secret-key staging production example your-secret
your_secret your-secret-key your_secret_key your-256-bit-secret your-384-bit-secret
your-512-bit-secret your_jwt_secret your-jwt-secret YOUR_SECRET_KEY yoursecretkey
a-string-secret-at-least-256-bits-long random hello helloworld admin root user qwerty abc123
123456 12345678 123456789 1234567890 0123456789 letmein foobar foo bar nodejs express flask
django fastapi laravel keyboard-cat node-jwt-secret gcloud hmac hmac-secret hmac_secret HS256
session sessionsecret session-secret somesecret some-secret anysecret 1234 0000 null undefined
none None
"""
_PHRASES: Final = ("keyboard cat", "secret key", "my secret", "super secret", " ")
KNOWN: Final = (*_WORDS.split(), *_PHRASES)
