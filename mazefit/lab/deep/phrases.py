"""What the deep agent's command says on the terminal and on its figures, in English and Korean.

say("deep.path", "ko")
"""

from mazefit.lab.page_phrases import PAGES, speaker

DEEP = {
    "deep.begin": (
        "{agent} learns {name}: {rows} x {columns} grid, {states} states, γ = {discount}, seed {seed}",
        "{agent}, {name} 학습: {rows} x {columns} 격자, 상태 {states}개, γ = {discount}, 시드 {seed}",
    ),
    "deep.made": ("a maze made by {algorithm}, maze seed {seed}", "{algorithm} 미로(미로 시드 {seed})"),
    "deep.many": (
        "{agent} learns {count} mazes of {rows} x {columns} cells, each with a seed of its own, γ = {discount}",
        "{agent}, {rows} x {columns}칸 미로 {count}개 학습: 미로마다 시드를 달리함, γ = {discount}",
    ),
    "deep.network": (
        "{weights} weights, from {observation} to the values of 4 actions; a replay buffer of {buffer} transitions, an update "
        "of {batch} of them after every step; the target network follows every {target} steps.",
        "가중치 {weights}개, 입력은 {observation}, 출력은 행동 4개의 가치. 리플레이 버퍼는 전이 {buffer}개이고 스텝마다 "
        "그 가운데 {batch}개로 한 번 갱신합니다. 타깃 신경망은 {target}스텝마다 따라갑니다.",
    ),
    "deep.see state": ("the state's number", "상태 번호"),
    "deep.see coordinates": ("row and column", "행과 열"),
    "deep.see grid": ("planes of walls, agent, start and goals", "벽, 행위자, 출발, 목표의 평면"),
    "deep.starts": (
        "Episodes begin anywhere and are cut after {limit} steps, which is no end: the value goes on behind it.",
        "에피소드는 아무 데서나 시작해 {limit}스텝에서 중단됩니다. 중단은 끝이 아니므로 그 뒤의 가치도 계속 셈합니다.",
    ),
    "deep.course": ("The course", "학습 과정"),
    "deep.steps": ("step", "스텝"),
    "deep.episodes": ("episodes", "에피소드"),
    "deep.q": ("mean Q", "평균 Q"),
    "deep.error": ("mean |δ|", "평균 |δ|"),
    "deep.exact": ("Held against the exact values", "정확한 값과 비교"),
    "deep.path": ("path", "경로"),
    "deep.path is": ("{length} steps; the shortest possible is {shortest}", "{length}스텝, 가장 짧은 길은 {shortest}스텝"),
    "deep.path none": (
        "the best actions do not lead to the goal; the shortest possible path has {shortest} steps",
        "최선으로 배운 행동이 목표에 이르지 못함. 가장 짧은 길은 {shortest}스텝",
    ),
    "deep.largest": ("largest error", "가장 큰 오차"),
    "deep.largest is": (
        "{path} on the path, {all} on all {states} states (|max Q - v*|)",
        "경로에서 {path}, 상태 {states}개 전체에서 {all} (|max Q - v*|)",
    ),
    "deep.biased": (
        "Returns of several steps hold what was explored on the way, and are not corrected for it: such values are too small.",
        "여러 스텝의 수익에는 도중에 탐험한 행동의 보상이 그대로 들어가므로 이렇게 배운 가치는 실제보다 작습니다.",
    ),
    "deep.backup": ("A row of the last minibatch, the one of the largest error", "마지막 미니배치에서 오차가 가장 큰 항목"),
    "deep.note": (
        "Its step size is what the update of the whole minibatch came to for this row.",
        "학습률은 미니배치 전체의 갱신으로 이 항목이 움직인 비율입니다.",
    ),
    "deep.maze": ("maze", "미로"),
    "deep.length": ("length", "길이"),
    "deep.shortest": ("shortest", "최단"),
    "deep.on path": ("error on path", "경로 오차"),
    "deep.on all": ("error on all", "전체 오차"),
    "deep.after": ("shortest after", "최단 경로까지"),
    "deep.found": (
        "{found} of {count} seeds learned the shortest path; the largest error against exact values on any path is {worst}.",
        "시드 {count}개 가운데 {found}개가 최단 경로를 배웠습니다. 경로에서 정확한 값과의 가장 큰 오차는 {worst}입니다.",
    ),
    "deep.stopped": (
        "Stopped after {steps} of {full} steps: what was learned until then is kept.",
        "멈춤: {full}스텝 가운데 {steps}스텝까지 배운 것을 남겼습니다.",
    ),
    "deep.on": (
        "Goes on with the run in {folder}: {steps} of {full} steps were done.",
        "{folder} 폴더의 실행을 이어서 합니다: {full}스텝 가운데 {steps}스텝까지 끝났습니다.",
    ),
    "deep.new": (
        "The run in {folder} was stopped before its first checkpoint: it begins anew.",
        "{folder} 폴더의 실행은 첫 체크포인트 전에 멈췄으므로 처음부터 다시 합니다.",
    ),
    "deep.how": (
        "Everything is kept in {folder}; go on from there, to the same bytes as if nothing had happened:",
        "모두 {folder} 폴더에 남아 있습니다. 이어서 하면 멈추지 않은 것과 바이트까지 같은 결과가 됩니다.",
    ),
    "deep.title": ("What {agent} learned after {steps} steps", "{agent}: {steps}스텝 뒤에 배운 것"),
    "deep.returns": ("Learning by {agent}: episodes from anywhere", "{agent}의 학습: 아무 데서나 시작한 에피소드"),
}

PHRASES = {**PAGES, **DEEP}
say = speaker(PAGES, DEEP)
"""The phrase of a key in a language, values put into its braces."""
