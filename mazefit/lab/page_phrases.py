"""What every page of a fit says, in English and Korean; each family of commands adds tables of its own.

say = speaker(PAGES, MINE);  say("epoch", "ko")                      에포크
"""

from collections.abc import Callable, Mapping

from mazefit.words import LANGUAGES, Language, filled

Say = Callable[..., str]
"""A function of (key, language, **values): the phrase of that key, `values` put into its braces."""

PAGES = {
    "epoch": ("epoch", "에포크"),
    "seed": ("seed", "시드"),
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
    "network.title": ("The network after {epochs} epochs", "{epochs}에포크 학습한 신경망"),
}
"""Of all of them."""


def speaker(*tables: Mapping[str, tuple[str, str]]) -> Say:
    """The function that says the phrases of these tables."""
    phrases = {key: both for table in tables for key, both in table.items()}

    def say(key: str, language: Language, /, **values: object) -> str:
        return filled(phrases[key][LANGUAGES.index(language)], values)

    return say
