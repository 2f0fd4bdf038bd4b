import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import re, torch
from pathlib import Path
from torch import nn
from mazefit.training.trainer import Trainer

def peak():
    return int(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024  # of this process alone

torch.set_num_threads(1)

class AutoEncoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Sequential(
            nn.Conv2d(1, 14, 5, padding=2), nn.Tanh(), nn.Conv2d(14, 7, 5, padding=2), nn.Tanh(), nn.Flatten(),
            nn.Linear(7 * 28 * 28, 28), nn.Tanh(),
        )
        self.decoder = nn.Sequential(
            nn.Linear(28, 7 * 28 * 28), nn.Tanh(), nn.Unflatten(1, (7, 28, 28)), nn.Conv2d(7, 14, 5, padding=2), nn.Tanh(),
            nn.Conv2d(14, 1, 5, padding=2), nn.Tanh(),
        )

    def forward(self, x):
        return self.decoder(self.encoder(x))

trainer = Trainer(AutoEncoder)
images = torch.rand(10_000, 1, 28, 28)
trainer.fit((images[:60], images[:60]), epochs=1)
before = peak()
loss = trainer.evaluate((images, images))["loss"]
middle = peak()
print((middle - before) / 1e6, loss)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads the peak of resident memory as Linux tells it")
def test_evaluating_ten_thousand_images_takes_less_than_a_hundred_megabytes() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CODE], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2]
    )
    megabytes, loss = map(float, done.stdout.split())
    print(f"{megabytes:.0f} MB more")
    assert 0 < loss < 2
    assert megabytes <= 100
