"""What the autoencoder says, in English and Korean."""

AUTOENCODER = {
    "autoencoder.begin": (
        "Images to {code} numbers and back: {model} ({kind}), {epochs} epochs, seed {seed}",
        "이미지를 수 {code}개로 줄였다 되돌리기: {model}({kind}), {epochs}에포크, 시드 {seed}",
    ),
    "autoencoder.begin one": (
        "Images to {code} numbers and back: {model} ({kind}), one epoch, seed {seed}",
        "이미지를 수 {code}개로 줄였다 되돌리기: {model}({kind}), 1에포크, 시드 {seed}",
    ),
    "kind.conv": ("as in the tutorial", "튜토리얼 그대로"),
    "kind.dense": ("one hidden layer", "은닉층 하나씩"),
    "kind.linear": ("no activation", "활성화 없음"),
    "kind.strided": ("better built", "더 잘 만든 것"),
    "autoencoder.time": (
        "{size} images an update, {updates} updates an epoch. On a CPU this takes about {time}; Ctrl-C keeps what is done, and "
        "--quick shows all of it in seconds.",
        "갱신마다 이미지 {size}장, 에포크마다 갱신 {updates}번. CPU에서는 {time}쯤 걸립니다. Ctrl-C로 멈춰도 한 만큼 남고, "
        "--quick은 몇 초 만에 전체를 보여 줍니다.",
    ),
    "autoencoder.batches": (
        "{size} images an update, {updates} updates an epoch.",
        "갱신마다 이미지 {size}장, 에포크마다 갱신 {updates}번.",
    ),
    "time.minute": ("one minute", "1분"),
    "time.minutes": ("{minutes} minutes", "{minutes}분"),
    "time.seconds": ("{seconds} seconds", "{seconds}초"),
    "layers": ("Layers", "층"),
    "layers.layer": ("layer", "층"),
    "layers.gives": ("what comes out", "나오는 것"),
    "layers.parameters": ("parameters", "매개변수"),
    "layers.image": ("image", "이미지"),
    "layers.conv": ("convolution {size} x {size}", "합성곱 {size} x {size}"),
    "layers.stride": ("every 2nd pixel", "두 픽셀마다"),
    "layers.doubled": ("doubled", "두 배로"),
    "layers.dense": ("dense", "전결합"),
    "layers.flatten": ("flatten", "펼치기"),
    "layers.unflatten": ("unflatten", "다시 접기"),
    "layers.code": ("code: {code}", "코드: {code}"),
    "layers.all": ("all", "모두"),
    "mse": (
        "Mean squared error on the scale from -1 to 1",
        "평균 제곱 오차(픽셀 눈금 -1~1)",
    ),
    "mse.train": ("train loss", "학습 손실"),
    "mse.test": ("test MSE", "테스트 MSE"),
    "mse.pca": ("PCA, {code} components", "주성분 {code}개(PCA)"),
    "mse.mean": ("mean image", "평균 이미지"),
    "mse.loses": (
        "It loses to PCA: its test MSE {mse} is {ratio} times the {pca} of principal component analysis with as many numbers. "
        "The mean image alone has {mean}.",
        "PCA에 집니다: 테스트 MSE {mse}, 같은 개수의 수를 쓰는 주성분 분석은 {pca}, 곧 그 값의 {ratio}배입니다. 평균 "
        "이미지만 내놓으면 {mean}.",
    ),
    "mse.wins": (
        "It beats PCA: its test MSE {mse} is {less} less than the {pca} of principal component analysis with as many numbers. "
        "The mean image alone has {mean}.",
        "PCA를 이깁니다: 테스트 MSE {mse}, 같은 개수의 수를 쓰는 주성분 분석은 {pca}, 곧 그보다 {less} 작습니다. 평균 "
        "이미지만 내놓으면 {mean}.",
    ),
    "mse.even": (
        "It is as good as PCA: its test MSE {mse} is {ratio} times the {pca} of principal component analysis with as many "
        "numbers. The mean image alone has {mean}.",
        "PCA와 같은 수준입니다: 테스트 MSE {mse}, 같은 개수의 수를 쓰는 주성분 분석은 {pca}, 곧 그 값의 {ratio}배입니다. 평균 "
        "이미지만 내놓으면 {mean}.",
    ),
    "known": (
        "Known of one epoch: on MNIST the tutorial reports 0.0679, and 0.0704 came out here (one seed) beside PCA's 0.0745: "
        "there its claim to do better than PCA stands. On Fashion-MNIST it is 0.0813 (one seed, ±{spread}) beside PCA's "
        "0.0646: one epoch loses.",
        "1에포크에 대해 알려진 값: MNIST에서는 튜토리얼이 0.0679라 하고, 여기서는 0.0704(시드 하나), PCA는 0.0745이므로 "
        "PCA보다 낫다는 말이 맞습니다. Fashion-MNIST에서는 0.0813(시드 하나, ±{spread}), PCA는 0.0646이므로 1에포크로는 "
        "집니다.",
    ),
    "better": (
        "Longer or better built it beats PCA with the same {code} numbers. On Fashion-MNIST, one seed each: --model strided "
        "0.0314 ({strided} less than PCA's 0.0646), --model dense 0.0340 ({dense} less).",
        "더 오래 학습하거나 더 잘 만들면 같은 수 {code}개로 PCA를 이깁니다. Fashion-MNIST에서 시드 하나씩: --model strided "
        "0.0314(PCA의 0.0646보다 {strided} 작음), --model dense 0.0340({dense} 작음).",
    ),
    "better.here": (
        "The tutorial's model after its one epoch comes to 0.0813 on these images: this one has {less} less.",
        "튜토리얼의 모델은 1에포크 뒤 이 이미지에서 0.0813이고, 이 모델은 그보다 {less} 작습니다.",
    ),
    "linear.is": (
        "“With linear activations and MSE it is PCA”: the test MSE is {ratio} times PCA's, within {near}, as claimed. The "
        "largest of the {code} principal angles between what the two can draw is {angle} (median {median}): directions that "
        "hardly lower the error are found last.",
        "“활성화가 선형이고 MSE를 쓰면 PCA와 같다”: 테스트 MSE가 PCA의 {ratio}배로, 그 말대로 {near} 안입니다. 둘이 그릴 수 "
        "있는 공간 사이의 주각 {code}개 가운데 가장 큰 것은 {angle}(중앙값 {median})입니다. 오차를 거의 줄이지 않는 방향은 "
        "마지막에 찾습니다.",
    ),
    "linear.not": (
        "“With linear activations and MSE it is PCA”: not yet, the test MSE is {ratio} times PCA's, more than {near} away. The "
        "largest of the {code} principal angles between what the two can draw is {angle} (median {median}); more epochs make "
        "both smaller.",
        "“활성화가 선형이고 MSE를 쓰면 PCA와 같다”: 아직은 아닙니다. 테스트 MSE가 PCA의 {ratio}배로 {near}보다 더 벌어져 "
        "있습니다. 둘이 그릴 수 있는 공간 사이의 주각 {code}개 가운데 가장 큰 것은 {angle}(중앙값 {median})입니다. 에포크를 "
        "늘리면 둘 다 줄어듭니다.",
    ),
    "quick.sizes": (
        "Sizes differ on images of {height} x {width}: {channels} numbers where the tutorial has 7·28·28.",
        "{height} x {width} 이미지에서는 크기가 달라 튜토리얼의 7·28·28 자리에 {channels}이(가) 옵니다.",
    ),
    "quick.pca": (
        "{code} numbers for {pixels} pixels leave PCA little to lose: hard to beat here.",
        "픽셀 {pixels}개에 수를 {code}개나 쓰면 PCA가 잃는 것이 거의 없어 이기기 어렵습니다.",
    ),
    "autoencoder.stopped": (
        "Stopped in epoch {epoch} of {full}, after {updates} updates in all.",
        "멈춤: {full}에포크 가운데 {epoch}번째 에포크, 모두 {updates}번 갱신한 뒤.",
    ),
    "autoencoder.flaw test": (
        "The whole test set is evaluated at once, with gradients on and not in eval mode: 1.9 GB more of memory. Here 256 "
        "images at a time, without gradients, in eval mode.",
        "테스트 이미지 전체를 한꺼번에, 기울기를 켠 채 eval 모드도 아니게 평가해 메모리를 1.9 GB 더 씁니다. 여기서는 256장씩, "
        "기울기 없이, eval 모드로 합니다.",
    ),
    "autoencoder.flaw every": (
        "`eval_every` is asked for and ignored. Here every epoch is measured, and that is said.",
        "`eval_every`를 받아 놓고 쓰지 않습니다. 여기서는 에포크마다 재고, 그렇다고 밝힙니다.",
    ),
    "autoencoder.flaw seed": (
        "No device, no seed, no history: nothing can be repeated or looked at later. Here --device, --seed, history.csv.",
        "장치도 시드도 기록도 없어 다시 해 보거나 나중에 볼 수 없습니다. 여기에는 --device, --seed, history.csv가 있습니다.",
    ),
    "autoencoder.flaw scale": (
        "The picture lays an original and a reconstruction on different scales side by side. Here all have one, from -1 to 1.",
        "그림이 원본과 재구성을 서로 다른 눈금으로 나란히 놓습니다. 여기서는 모두 -1에서 1까지 한 눈금입니다.",
    ),
    "autoencoder.flaw zero": (
        "zero_grad is said to initialise the parameters. It sets the gradients to zero; parameters are initialised once.",
        "zero_grad가 매개변수를 초기화한다고 설명합니다. 기울기를 0으로 만드는 것이고, 매개변수는 처음 한 번만 초기화합니다.",
    ),
    "autoencoder.flaw harmless": (
        "Without harm there, mended here: dropout is given the probability of keeping a number (here of dropping it, “drop”); "
        "`if activation` asks whether a function is true; `.view` breaks in the fastest memory layout.",
        "거기서는 탈이 없지만 고친 것: dropout에 남길 확률을 줍니다(여기서는 버릴 확률 “drop”). `if activation`은 함수가 "
        "참인지 묻습니다. `.view`는 가장 빠른 메모리 배치에서 오류가 납니다.",
    ),
    "picture.original": ("Originally", "원본"),
    "picture.autoencoder": ("AutoEncoder", "오토인코더"),
    "picture.title": (
        "{name}: test images, and what comes back from {code} numbers each ({model}, {epochs} epochs)",
        "{name}: 테스트 이미지와 수 {code}개에서 되돌린 것({model}, {epochs}에포크)",
    ),
    "picture.title one": (
        "{name}: test images, and what comes back from {code} numbers each ({model}, one epoch)",
        "{name}: 테스트 이미지와 수 {code}개에서 되돌린 것({model}, 1에포크)",
    ),
    "picture.note": (
        "One grey scale for all, −1 white to 1 black; what PCA draws beyond it is cut off. Images drawn with seed {seed}.",
        "모두 한 눈금: −1 흰색, 1 검은색. PCA가 그 밖으로 그린 것은 잘랐습니다. 이미지는 시드 {seed}로 뽑음.",
    ),
    "curve.title of": (
        "{name}, {model}: test MSE {mse}, PCA-{code} {pca}",
        "{name}, {model}: 테스트 MSE {mse}, PCA-{code} {pca}",
    ),
    "curve.pca": ("PCA-{code}, test", "PCA-{code}, 테스트"),
    "curve.mean": ("mean image, test", "평균 이미지, 테스트"),
}
