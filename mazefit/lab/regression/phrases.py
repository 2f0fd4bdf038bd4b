"""What the regressions say on the terminal and on their figures, in English and Korean.

say("epoch", "ko")                      에포크
"""

from mazefit.lab.regression.phrases_lines import DESCENT, LINE
from mazefit.lab.regression.phrases_networks import CURVE, SINE
from mazefit.lab.regression.phrases_waves import CLAIMS, WAVES
from mazefit.words import LANGUAGES, Language, filled

COMMON = {
    "epoch": ("epoch", "에포크"),
    "loss": ("loss", "손실"),
    "computed": (
        "Computed on {device} ({why}) in {precision}, by {backend}.",
        "계산: {device}({why}), {precision}, {backend}.",
    ),
    "device.asked": ("as asked for", "지정한 대로"),
    "device.no gpu": ("no GPU is here", "GPU가 없음"),
    "device.small": ("too small to gain from the GPU", "GPU를 쓸 만큼 크지 않음"),
    "device.gpu": ("the first GPU", "첫 GPU"),
    "backend.torch": ("PyTorch", "PyTorch"),
    "backend.compiled": ("a compiled loop", "컴파일된 루프"),
    "backend.batched": ("PyTorch, all models at once", "PyTorch로 모델을 한꺼번에"),
    "backend.one by one": ("PyTorch, one model after the other", "PyTorch로 모델을 하나씩"),
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
    "stopped.nothing": (
        "Stopped before anything was whole: nothing to keep.",
        "멈춤: 아직 끝난 것이 없어 저장할 것이 없습니다.",
    ),
    "stopped.after": (
        "Stopped after {epochs} of {full} epochs: what was fitted until then is kept.",
        "멈춤: {full}에포크 가운데 {epochs}에포크까지 학습한 결과를 남겼습니다.",
    ),
    "flaws": ("What the tutorial has wrong, and what is so", "튜토리얼에서 틀린 점과 바로잡은 내용"),
    "files.in": ("Files in {folder}", "{folder} 폴더의 파일"),
    "files.tables": ("results", "결과"),
    "files.figures": ("figures", "그림"),
    "bands.note": ("line: median, band: 10 to 90 % of {seeds} starts", "선: 중앙값, 띠: 시작점 {seeds}개의 10~90 %"),
    "network.title": ("The network after {epochs} epochs", "{epochs}에포크 학습한 신경망"),
    "predictions.title": ("What the model says of each point", "점마다 모델이 내놓은 값"),
    "predictions.measured": ("{name}, measured", "{name}, 측정값"),
    "predictions.said": ("{name}, predicted", "{name}, 예측값"),
    "predictions.equal": ("both the same", "둘이 같은 선"),
}
"""Of all of them."""

TABLES: tuple[dict[str, tuple[str, str]], ...] = (COMMON, LINE, DESCENT, SINE, CURVE, WAVES, CLAIMS)
PHRASES = {key: both for table in TABLES for key, both in table.items()}


def say(key: str, language: Language, **values: object) -> str:
    """The phrase of that key, `values` put into its braces."""
    return filled(PHRASES[key][LANGUAGES.index(language)], values)
