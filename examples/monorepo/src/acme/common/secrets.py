"""Secrets of jobs, encrypted while they wait in the queue."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class SecretBox:
    """Seals with the first key, opens with any: keys are rotated by adding one in front."""

    def __init__(self, *keys: str) -> None:
        self._fernet = MultiFernet([Fernet(key) for key in keys])

    def seal(self, text: str) -> str:
        return self._fernet.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises: ValueError: no key fits."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise ValueError("the secret was sealed with a key that is gone") from None


def new_key() -> str:
    return Fernet.generate_key().decode()
