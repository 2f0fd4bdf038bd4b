"""Pictures twice as high and wide: each pixel's channels become four pixels.

Reference: Shi et al. (2016), Real-time single image and video super-resolution using an efficient sub-pixel convolutional
neural network.
"""

from torch import Tensor, nn
from torch.nn import functional


class Doubled(nn.Module):
    """A layer whose channels, four by four, lie as 2 x 2 pixels: [rows, 4 c, H, W] -> [rows, c, 2 H, 2 W], cut to size.

    Args:
        layer: gives [rows, 4 c, H, W].
        shape: height and width that come out, at most 2 H and 2 W.
    """

    def __init__(self, layer: nn.Module, shape: tuple[int, int]) -> None:
        super().__init__()
        self.layer, self.shape = layer, shape

    def forward(self, x: Tensor) -> Tensor:
        """[rows, channels, H, W] -> [rows, c, *shape]."""
        height, width = self.shape
        return functional.pixel_shuffle(self.layer(x), 2)[:, :, :height, :width]
