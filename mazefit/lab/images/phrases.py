"""What the commands on images say on the terminal and on their figures, in English and Korean.

say("images.instead", "ko")
"""

from mazefit.lab.images.phrases_autoencoder import AUTOENCODER
from mazefit.lab.images.phrases_classifier import CLASSIFIER
from mazefit.lab.images.phrases_embed import EMBED
from mazefit.lab.page_phrases import PAGES, speaker

COMMON = {
    "images.are": (
        "{name}: {train} images of {height} x {width} to fit, {test} to test, {classes} classes.",
        "{name}: {height} x {width} 이미지 학습용 {train}장, 테스트용 {test}장, 클래스 {classes}개.",
    ),
    "images.instead": (
        "MNIST's files are not to be had here: these are the images of Fashion-MNIST.",
        "여기서는 MNIST 파일을 구할 수 없어 Fashion-MNIST 이미지를 씁니다.",
    ),
    "images.unchecked": (
        "{name}: number, size and labels of the images were checked, not their check sums, which are not known here.",
        "{name}: 이미지의 수, 크기, 레이블은 확인했지만 체크섬은 알려진 값이 없어 확인하지 못했습니다.",
    ),
    "images.other": (
        "The tutorial has MNIST's 60,000 images of 28 x 28. This set has other sizes or other images, so no number that is "
        "known of MNIST or Fashion-MNIST stands beside.",
        "튜토리얼은 28 x 28 크기의 MNIST 이미지 60,000장을 씁니다. 이 데이터는 크기나 내용이 다르므로 MNIST나 "
        "Fashion-MNIST에서 알려진 값을 나란히 놓지 않습니다.",
    ),
    "resume.on": (
        "Goes on with the run in {folder}: {epochs} of {full} epochs, {steps} updates were done.",
        "{folder} 폴더의 실행을 이어서 합니다: {full}에포크 가운데 {epochs}에포크, 갱신 {steps}번까지 끝났습니다.",
    ),
    "resume.new": (
        "The run in {folder} was stopped before its first checkpoint: it begins anew.",
        "{folder} 폴더의 실행은 첫 체크포인트 전에 멈췄으므로 처음부터 다시 합니다.",
    ),
    "resume.how": (
        "Everything is kept in {folder}; go on from there, to the same bytes as if nothing had happened:",
        "모두 {folder} 폴더에 남아 있습니다. 이어서 하면 멈추지 않은 것과 바이트까지 같은 결과가 됩니다.",
    ),
}
"""Of all of them, beside what every page says."""

CLOTHES = {
    "T-shirt/top": "티셔츠",
    "Trouser": "바지",
    "Pullover": "풀오버",
    "Dress": "원피스",
    "Coat": "코트",
    "Sandal": "샌들",
    "Shirt": "셔츠",
    "Sneaker": "운동화",
    "Bag": "가방",
    "Ankle boot": "앵클부츠",
}
"""The classes of Fashion-MNIST in Korean."""

TABLES: tuple[dict[str, tuple[str, str]], ...] = (PAGES, COMMON, CLASSIFIER, AUTOENCODER, EMBED)
PHRASES = {key: both for table in TABLES for key, both in table.items()}
say = speaker(PHRASES)
"""The phrase of a key in a language, values put into its braces."""
