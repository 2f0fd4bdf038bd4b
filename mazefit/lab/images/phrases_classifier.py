"""What the classifier says, in English and Korean."""

from mazefit.supervised.classifier.scores import WHY_MICRO

CLASSIFIER = {
    "classifier.begin": (
        "{classes} classes of images by a network {sizes} of basic tensors: {mode}, {epochs} epochs, seed {seed}",
        "기본 텐서로 짠 {sizes} 신경망으로 이미지를 {classes}개 클래스로 나누기: {mode}, {epochs}에포크, 시드 {seed}",
    ),
    "classifier.layers": (
        "x [N, {inputs}] → ReLU(x W₁ + b₁) [N, {first}] → ReLU(h₁ W₂ + b₂) [N, {second}] → h₂ W₃ + b₃ [N, {classes}], the "
        "logits; {weights} weights of standard deviation 0.1 and {biases} biases of 0 to begin with.",
        "x [N, {inputs}] → ReLU(x W₁ + b₁) [N, {first}] → ReLU(h₁ W₂ + b₂) [N, {second}] → h₂ W₃ + b₃ [N, {classes}] = 로짓. "
        "시작할 때 가중치 {weights}개는 표준편차 0.1, 편향 {biases}개는 0.",
    ),
    "classifier.loss": (
        "Loss: sigmoid cross-entropy of logits and one-hot labels, summed over the {classes} outputs. Update: w ← w - rate · "
        "∂loss/∂w, written out.",
        "손실: 로짓과 원핫 레이블의 시그모이드 교차 엔트로피를 출력 {classes}개에 걸쳐 더한 값. 갱신: "
        "w ← w - 학습률 · ∂손실/∂w를 직접 씀.",
    ),
    "mode.as written": ("as written", "원문 그대로"),
    "mode.repaired": ("repaired", "최소한만 고침"),
    "mode.corrected": ("corrected", "바로잡음"),
    "way": (
        "{pixels}, loss {loss}, {batches}, rate {rate}: {updates} updates",
        "{pixels}, 손실은 {loss}, {batches}, 학습률 {rate}: 갱신 {updates}번",
    ),
    "way.raw": ("pixels 0 to 255", "픽셀 0~255"),
    "way.scaled": ("pixels / 255", "픽셀 / 255"),
    "way.summed": ("added up over the images", "모든 이미지의 합"),
    "way.mean": ("the mean over the images", "이미지들의 평균"),
    "way.full": ("all images at once", "모든 이미지를 한꺼번에"),
    "way.batches": ("batches of {size}", "{size}장씩 미니배치"),
    "course": ("Loss of an image and micro-F1, {mode}", "이미지당 손실과 마이크로 F1: {mode}"),
    "course.train loss": ("train loss", "학습 손실"),
    "course.test loss": ("test loss", "테스트 손실"),
    "course.train f1": ("train F1", "학습 F1"),
    "course.test f1": ("test F1", "테스트 F1"),
    "course.trouble": ("It came to no finite number: {sentence}", "유한하지 않은 수가 나왔습니다: {sentence}"),
    "course.within": (
        "Scores and figures below are of the weights as they stood then: {epochs} whole epochs, and what was done of the next.",
        "아래의 점수와 그림은 멈춘 때의 가중치로 낸 것입니다: {epochs}에포크를 마치고 다음 에포크를 하다 만 상태.",
    ),
    "scores": ("Test images by class, {mode}", "테스트 이미지의 클래스별 점수: {mode}"),
    "scores.class": ("class", "클래스"),
    "scores.precision": ("precision", "정밀도"),
    "scores.recall": ("recall", "재현율"),
    "scores.micro": ("micro (of the sums)", "마이크로(합계로)"),
    "scores.macro": ("macro (mean)", "매크로(평균)"),
    "scores.never said": (
        "No image was said to be of: {names}. Their precision is 0/0 and counts as 0.",
        "한 장도 예측되지 않은 클래스: {names}. 정밀도가 0/0이라 0으로 칩니다.",
    ),
    "scores.never there": (
        "No image is of: {names}. Their recall is 0/0 and counts as 0.",
        "이미지가 한 장도 없는 클래스: {names}. 재현율이 0/0이라 0으로 칩니다.",
    ),
    "scores.why": (WHY_MICRO["en"], WHY_MICRO["ko"]),
    "scores.known": (
        "Known of {name}, {mode}, over ten seeds: micro-F1 {truth}; here {here}, {away} deviations from the mean.",
        "{name}에서 알려진 값({mode}, 시드 10개): 마이크로 F1 {truth}. 여기서는 {here}, 평균에서 표준편차의 {away}배.",
    ),
    "scores.known about": (
        "Known of {name}, {mode}: micro-F1 about {mean}; here {here}.",
        "{name}에서 알려진 값({mode}): 마이크로 F1 약 {mean}. 여기서는 {here}.",
    ),
    "scores.confused": (
        "{count} mistakes of {test} images. Most often: {pairs}.",
        "이미지 {test}장 가운데 {count}장 틀림. 가장 잦은 것: {pairs}.",
    ),
    "scores.pair": ("{true} said to be {said} ({count})", "{true} → {said}({count})"),
    "ways": (
        "Side by side: the same network from the same start, test images",
        "나란히 보기: 같은 신경망, 같은 시작점, 테스트 이미지",
    ),
    "ways.updates": ("updates", "갱신"),
    "ways.before": ("first loss", "처음 손실"),
    "ways.worst": ("largest", "최대 손실"),
    "ways.after": ("last", "마지막 손실"),
    "ways.micro": ("micro-F1", "마이크로 F1"),
    "ways.macro": ("macro-F1", "매크로 F1"),
    "ways.known": ("{way}; known micro-F1: {value}", "{way}. 알려진 마이크로 F1: {value}"),
    "ways.about": ("about {value}", "약 {value}"),
    "agreement": (
        "Three ways to compute the same, over {updates} corrected updates",
        "같은 것을 세 가지로 계산하기: 바로잡은 설정으로 갱신 {updates}번",
    ),
    "agreement.same": (
        "The update given to the Trainer, and the whole loop by hand: the same weights, byte for byte.",
        "갱신을 Trainer에 넘긴 것과 반복문을 직접 쓴 것: 가중치가 바이트까지 같습니다.",
    ),
    "agreement.other": (
        "The update given to the Trainer, and the whole loop by hand: other weights. This should not be.",
        "갱신을 Trainer에 넘긴 것과 반복문을 직접 쓴 것: 가중치가 다릅니다. 있어서는 안 되는 일입니다.",
    ),
    "agreement.modules": (
        "Basic tensors, and nn.Linear with nn.ReLU: logits of {images} test images differ by at most {before} before and "
        "{after} after the updates (float32 rounds sums in another order otherwise).",
        "기본 텐서와 nn.Linear, nn.ReLU: 테스트 이미지 {images}장의 로짓 차이는 갱신 전 최대 {before}, 갱신 뒤 최대 {after} "
        "(float32는 더하는 순서가 다르면 반올림도 다릅니다).",
    ),
    "flaw.name": (
        "Its listing uses a variable that is never defined, so it does not run; here it does.",
        "정의하지 않은 변수를 써서 실행되지 않습니다. 여기서는 실행됩니다.",
    ),
    "flaw.sum": (
        "Pixels stay 0 to 255 and the loss is summed over images and outputs, {numbers} numbers here: a step is far too long. "
        "The corrected loss is the sum over the outputs, the mean over the images, of pixels / 255.",
        "픽셀을 0~255 그대로 쓰고 손실을 이미지와 출력 전체, 여기서는 수 {numbers}개에 걸쳐 더하므로 한 걸음이 지나치게 "
        "큽니다. 바로잡은 손실은 픽셀 / 255로 출력에 걸쳐 더하고 이미지에 걸쳐 평균합니다.",
    ),
    "flaw.sum seen": (
        "As written, the loss of a test image went from {before} to {worst}, and in the end {share} of the test images are "
        "said to be of one class: {name}.",
        "원문 그대로 하면 테스트 이미지당 손실이 {before} → {worst}까지 튀고, 끝에는 테스트 이미지의 {share}를 "
        "한 클래스로 예측합니다: {name}.",
    ),
    "flaw.updates": (
        "An epoch is one update of all images, so its 5 epochs are 5 updates. Batches of {size} make {each} of each epoch.",
        "1에포크가 모든 이미지로 하는 갱신 한 번이라 5에포크면 갱신 5번입니다. {size}장씩 나누면 에포크마다 {each}번입니다.",
    ),
    "flaw.print": (
        "epoch % 10 == 0 prints once, after one update; here every epoch is measured, and the start.",
        "epoch % 10 == 0이라 갱신 한 번 뒤에 딱 한 번 출력합니다. 여기서는 시작과 모든 에포크에서 잽니다.",
    ),
    "flaw.micro": (
        "Micro-F1 is called precision and accuracy, as if they were three things, and only training images are asked.",
        "마이크로 F1을 정밀도라고도 정확도라고도 불러 서로 다른 것처럼 보이고, 학습 이미지로만 잽니다.",
    ),
    "flaw.labels": (
        'Labels "0 to 10" would be eleven classes; they are 0 to 9.',
        '레이블이 "0부터 10까지"라면 클래스가 11개입니다. 실제로는 0부터 9까지입니다.',
    ),
    "flaw.sigmoid": (
        "The sigmoid of the output is computed and dropped; here the figures show it as probabilities.",
        "출력의 시그모이드를 계산만 하고 버립니다. 여기서는 그림에 확률로 보입니다.",
    ),
    "flaw.deviation": (
        "Its text draws weights of standard deviation 1, its code 0.1; here 0.1.",
        "글에서는 가중치의 표준편차가 1, 코드에서는 0.1입니다. 여기서는 0.1입니다.",
    ),
    "flaw.fit": (
        '"The same as model.fit()": no, that takes shuffled batches; its call is one step of all images.',
        '"model.fit()과 같다"는 말은 틀렸습니다. fit은 섞은 미니배치를 쓰고, 튜토리얼의 호출은 전체로 한 걸음일 뿐입니다.',
    ),
    "flaw.optimizer": (
        "The optimizer is built anew in each call: harmless, for plain gradient descent keeps nothing; here there is none.",
        "호출할 때마다 옵티마이저를 새로 만듭니다. 단순 경사하강법은 기억하는 것이 없어 해롭지는 않고, 여기서는 쓰지 않습니다.",
    ),
    "classifier.title": (
        "{name}, {mode}: micro-F1 {f1} after {epochs} epochs",
        "{name}, {mode}: {epochs}에포크 뒤 마이크로 F1 {f1}",
    ),
    "classifier.note": (
        "network {sizes} from basic tensors, seed {seed}; each class has its own probability, they need not add up to 1",
        "기본 텐서로 짠 {sizes} 신경망, 시드 {seed}. 확률은 클래스마다 따로 매겨서 합이 1이 아닐 수 있음",
    ),
    "mistakes.title": (
        "{name}, {mode}: {shown} of {count} mistakes on {test} test images",
        "{name}, {mode}: 테스트 이미지 {test}장 가운데 틀린 {count}장 중 {shown}장",
    ),
    "mistakes.note": (
        "the wrong answers given with the highest probability; grey: number of the test image",
        "가장 확신하고 틀린 것부터. 회색은 테스트 이미지 번호",
    ),
    "seeds.begin": (
        "The classifier from {seeds} seeds, {first} and on, {epochs} epochs each",
        "분류기를 시드 {seeds}개로 학습({first}부터), 저마다 {epochs}에포크",
    ),
    "seeds.fit": ("fits", "학습"),
    "seeds.table": ("Scores on the test images over the seeds", "여러 시드의 테스트 점수"),
    "seeds.count": ("seeds", "시드 수"),
    "seeds.range": ("micro-F1 from to", "마이크로 F1 범위"),
    "seeds.known": ("known micro-F1", "알려진 마이크로 F1"),
    "seeds.spread": (
        "Mean ± standard deviation of one seed (n - 1); the mean itself is known √n times better.",
        "평균 ± 시드 하나의 표준편차(n - 1). 평균 자체의 오차는 그 1/√n입니다.",
    ),
    "seeds.source": (
        "Known: ten seeds of {name}, five epochs, measured elsewhere by a plain loop.",
        "알려진 값: {name}, 시드 10개, 5에포크, 다른 곳에서 평범한 반복문으로 잰 값.",
    ),
    "modes.title": ("{name}: one network, three ways to fit it", "{name}: 같은 신경망을 세 가지로 학습"),
    "modes.note": (
        "matrices: true class down, class said across; blue: right, orange: wrong",
        "행렬: 아래로 실제 클래스, 옆으로 예측 클래스. 파랑은 맞음, 주황은 틀림",
    ),
}
"""The classifier."""
