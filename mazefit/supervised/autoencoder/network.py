"""Encoder, decoder and autoencoder: pictures to a short code and back.

    code = encoder(pictures),    reconstruction = decoder(code),    loss = mean (reconstruction - pictures)²

Reference: Hinton & Salakhutdinov (2006), Reducing the dimensionality of data with neural networks.
"""

from collections.abc import Sequence

from torch import Tensor, nn


class Encoder(nn.Module):
    """Pictures [rows, H, W] -> codes [rows, code].

    Args:
        layers: the first is given [rows, 1, H, W], the last gives [rows, code].
    """

    def __init__(self, layers: Sequence[nn.Module]) -> None:
        super().__init__()
        self.layers = nn.Sequential(*layers)

    def forward(self, pictures: Tensor) -> Tensor:
        """[rows, H, W] -> [rows, code]."""
        return self.layers(pictures.unsqueeze(1))


class Decoder(nn.Module):
    """Codes [rows, code] -> pictures [rows, H, W].

    Args:
        layers: the first is given [rows, code], the last gives H · W numbers a row.
        shape: (H, W).
    """

    def __init__(self, layers: Sequence[nn.Module], shape: tuple[int, int]) -> None:
        super().__init__()
        self.layers, self.shape = nn.Sequential(*layers), shape

    def forward(self, codes: Tensor) -> Tensor:
        """[rows, code] -> [rows, H, W]."""
        return self.layers(codes).reshape(len(codes), *self.shape)


class Autoencoder(nn.Module):
    """Both, one behind the other.

    Args:
        encoder: pictures to codes.
        decoder: codes to pictures.
    """

    def __init__(self, encoder: Encoder, decoder: Decoder) -> None:
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def encode(self, pictures: Tensor) -> Tensor:
        """[rows, H, W] -> [rows, code]."""
        return self.encoder(pictures)

    def decode(self, codes: Tensor) -> Tensor:
        """[rows, code] -> [rows, H, W]."""
        return self.decoder(codes)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """[rows, H, W] -> (reconstruction [rows, H, W], code [rows, code])."""
        code = self.encoder(pictures)
        return self.decoder(code), code
