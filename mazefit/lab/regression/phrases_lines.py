"""What the line and the descent say, in English and Korean."""

LINE = {
    "line.begin": (
        "A line y = w x + b through {count} points: Adam {rate}, {epochs} full-batch steps, seed {seed}",
        "직선 y = w x + b로 점 {count}개 맞추기: Adam {rate}, 전체 배치로 {epochs}스텝, 시드 {seed}",
    ),
    "line.result": ("Result", "결과"),
    "line.fitted": ("fitted", "학습한 값"),
    "line.exact": ("least squares, exactly", "최소제곱해(정확한 값)"),
    "line.final": ("final {name}", "최종 {name}"),
    "line.starts": ("The same from {count} other starts", "다른 시작점 {count}개에서 똑같이 해 보면"),
    "line.spread": ("Ends at {each} (mean ± standard deviation).", "도착한 곳: {each} (평균 ± 표준편차)."),
    "line.worst": ("MSE at the end: median {median}, worst {worst}.", "마지막 MSE: 중앙값 {median}, 가장 나쁜 값 {worst}."),
    "line.drops": (
        "The first step lowers the loss by {middle} in the median ({low} to {high} in nine starts of ten).",
        "첫 스텝에서 줄어드는 손실: 중앙값 {middle} (열에 아홉은 {low}에서 {high} 사이).",
    ),
    "line.flaw defined": (
        "Its listing uses the optimizer before it is defined; here the Trainer is given it.",
        "전체 코드에서 옵티마이저를 정의하기도 전에 씁니다. 여기서는 Trainer에 넘겨줍니다.",
    ),
    "line.flaw rate": (
        '"The loss falls by the learning rate" is not so: {rate} is how far w and b move in the first step. There the loss '
        "went from {before} to {after}.",
        '"손실이 학습률만큼 줄어든다"는 말은 틀렸습니다. 학습률 {rate}만큼 움직이는 것은 첫 스텝의 w와 b입니다. 이때 손실은 '
        "{before} → {after}로 바뀌었습니다.",
    ),
    "line.diverges": (
        "Plain gradient descent diverges above a learning rate of {largest} = 2 / {steep}, the largest eigenvalue of the "
        "curvature.",
        "단순 경사하강법은 학습률이 {largest} = 2 / {steep}보다 크면 발산합니다({steep}은 곡률의 가장 큰 고윳값).",
    ),
    "line.crawls": (
        "Along the flat axis of the bowl the curvature is {flat}, {times} times less: small rates crawl there.",
        "그릇의 완만한 축의 곡률은 {flat}, {times}배 작아서 학습률이 작으면 그쪽으로는 아주 느리게 나아갑니다.",
    ),
    "line.bowl": ("The bowl", "그릇"),
    "line.bowl own": ("The bowl (w and b of the scaled columns)", "그릇 (바꾼 열의 w와 b)"),
    "line.title": ("A line through points: Adam {rate}, {epochs} steps", "점을 지나는 직선: Adam {rate}, {epochs}스텝"),
    "line.named": ("fitted: {line}", "학습한 직선: {line}"),
    "line.best": ("least squares", "최소제곱해"),
    "descent named": ("gradient descent", "경사하강법"),
    "bowl.title": ("The loss of a line is a bowl: four ways down", "직선의 손실은 그릇 모양: 내려가는 길 네 가지"),
    "bowl.scaled": ("{note}; w and b of the scaled columns", "{note}. w와 b는 바꾼 열의 값"),
    "bowl.note": (
        "gradient descent diverges above a learning rate of {rate}",
        "경사하강법은 학습률이 {rate}보다 크면 발산합니다",
    ),
}
"""The line."""

DESCENT = {
    "descent.begin": (
        "W and b by hand: gradient descent {rate}, {epochs} steps, {count} points, seed {seed}",
        "손으로 쓴 경사하강법으로 W와 b 구하기: 학습률 {rate}, {epochs}스텝, 점 {count}개, 시드 {seed}",
    ),
    "descent.before": ("Before learning: model(3) = {at_3}, loss {loss}.", "학습 전: model(3) = {at_3}, 손실 {loss}."),
    "descent.law": ("law", "이론"),
    "descent.tutorial": ("loss (tutorial)", "손실(튜토리얼)"),
    "descent.unseen": ("never seen", "기록 없음"),
    "descent.leads": ("Where it leads", "어디로 가는가"),
    "descent.best": (
        "Least squares of these points: W = {w}, b = {b}, loss {loss}.",
        "이 점들의 최소제곱해: W = {w}, b = {b}, 손실 {loss}.",
    ),
    "descent.distance": (
        "After {epochs} steps the path is {distance} from it, after {long} steps {far}.",
        "{epochs}스텝 뒤에는 거기서 {distance}만큼, {long}스텝 뒤에는 {far}만큼 떨어져 있습니다.",
    ),
    "descent.same": (
        "The same update given to the Trainer (update=...) goes the same way, byte for byte.",
        "같은 갱신을 Trainer에 넘겨도(update=...) 바이트까지 똑같은 길을 갑니다.",
    ),
    "descent.other": (
        "The same update given to the Trainer (update=...) goes another way: this should not be.",
        "같은 갱신을 Trainer에 넘겼더니(update=...) 다른 길을 갔습니다. 있어서는 안 되는 일입니다.",
    ),
    "descent.sets": (
        "The same on {count} other data sets (mean ± standard deviation)",
        "다른 데이터 {count}벌로 똑같이 해 보면 (평균 ± 표준편차)",
    ),
    "descent.after": ("after {steps} updates", "갱신 {steps}번 뒤"),
    "descent.converged": ("least squares", "최소제곱해"),
    "descent.flaw seen": (
        "It records W, b and the loss before each update, so the last update is never seen; here there is one row more.",
        "갱신하기 전의 W, b, 손실을 기록하므로 마지막 갱신의 결과가 보이지 않습니다. 여기서는 한 줄이 더 있습니다.",
    ),
    "descent.flaw seed": (
        "It has no seed; here --seed makes the points.",
        "시드가 없습니다. 여기서는 --seed가 점을 정합니다.",
    ),
    "descent.flaw target": (
        "It compares W and b with 3 and 2; what the descent converges to is the least-squares line of these very points.",
        "W와 b를 3, 2와 비교하지만, 경사하강법이 다가가는 곳은 바로 이 점들의 최소제곱해입니다.",
    ),
    "descent.title model": ("The model before and after learning", "학습 전과 후의 모델"),
    "descent.model before": ("before: W = 5, b = 0", "학습 전: W = 5, b = 0"),
    "descent.model after": ("after {epochs} steps", "{epochs}스텝 뒤"),
    "descent.behind": ("3 x + 2, behind the data", "데이터를 만든 3 x + 2"),
    "descent.title path": ("The path of W and b: gradient descent {rate}", "W와 b가 가는 길: 경사하강법, 학습률 {rate}"),
}
"""The descent."""
