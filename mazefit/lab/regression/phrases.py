"""What the regressions say on the terminal and on their figures, in English and Korean.

say("own units", "ko")
"""

from mazefit.lab.page_phrases import PAGES, speaker
from mazefit.lab.regression.phrases_lines import DESCENT, LINE
from mazefit.lab.regression.phrases_networks import CURVE, SINE
from mazefit.lab.regression.phrases_waves import CLAIMS, WAVES

COMMON = {
    "own points": (
        "Your points {name}: {output} from {inputs}. Each column is fitted as (value - mean) / deviation.",
        "직접 준 점 {name}: {inputs}에서 {output} 맞히기. 열마다 (값 - 평균) / 표준편차로 바꾸어 맞춥니다.",
    ),
    "own units": (
        "All numbers and figures here are in your units again.",
        "여기 나오는 수와 그림은 모두 원래 단위로 되돌린 것입니다.",
    ),
    "own scaled": (
        "W, b and the loss below are of these columns; the figure of the points is in your units again.",
        "아래의 W, b, 손실은 바꾼 열의 값이고, 점 그림은 원래 단위로 되돌린 것입니다.",
    ),
    "bands.note": ("line: median, band: 10 to 90 % of {seeds} starts", "선: 중앙값, 띠: 시작점 {seeds}개의 10~90 %"),
    "predictions.title": ("What the model says of each point", "점마다 모델이 내놓은 값"),
    "predictions.measured": ("{name}, measured", "{name}, 측정값"),
    "predictions.said": ("{name}, predicted", "{name}, 예측값"),
    "predictions.equal": ("both the same", "둘이 같은 선"),
}
"""Of all of them, beside what every page says."""

TABLES: tuple[dict[str, tuple[str, str]], ...] = (PAGES, COMMON, LINE, DESCENT, SINE, CURVE, WAVES, CLAIMS)
PHRASES = {key: both for table in TABLES for key, both in table.items()}
say = speaker(PHRASES)
"""The phrase of a key in a language, values put into its braces."""
