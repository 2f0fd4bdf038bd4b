"""What the deep agent's command says of many mazes, on the terminal and on its figures, in English and Korean.

say("many.split", "ko")
"""

from mazefit.lab.page_phrases import PAGES, speaker

MANY = {
    "many.begin": (
        "DQN learns on {training} mazes of {rows} x {columns} cells at once, and is held against {held_out} that it never "
        "sees; γ = {discount}, seed {seed}",
        "DQN이 {rows} x {columns}칸 미로 {training}개에서 한꺼번에 배우고, 본 적 없는 미로 {held_out}개로 평가합니다. "
        "γ = {discount}, 시드 {seed}",
    ),
    "many.split": (
        "All are drawn by Wilson's algorithm, from seeds of their own; no two of them are equal. Two networks: a recurrent "
        "convolution, one rule in every cell, over and over; ordinary convolutions, with linear layers behind them.",
        "모두 윌슨 알고리즘으로 서로 다른 시드에서 만들었고, 같은 미로는 하나도 없습니다. 신경망은 둘입니다. 순환 합성곱은 "
        "모든 칸에 같은 규칙을 거듭 적용하고, 일반 합성곱은 뒤에 선형층이 붙습니다.",
    ),
    "many.how": (
        "Planes of walls, agent, start and goals; reward 1 at the goal and 0 elsewhere; episodes begin anywhere; "
        "ε = {epsilon}; {updates} updates of {batch} transitions after each step of all mazes.",
        "입력은 벽, 행위자, 출발, 목표의 평면입니다. 보상은 목표에서 1, 나머지는 0이고, 에피소드는 아무 데서나 "
        "시작하며, ε = {epsilon}입니다. 모든 미로가 한 스텝씩 나아갈 때마다 전이 {batch}개짜리 갱신을 {updates}번 합니다.",
    ),
    "many.recurrent": ("recurrent, DQN", "순환 합성곱, DQN"),
    "many.ordinary": ("ordinary, DQN", "일반 합성곱, DQN"),
    "many.recurrent taught": ("recurrent, taught", "순환 합성곱, 정답"),
    "many.ordinary taught": ("ordinary, taught", "일반 합성곱, 정답"),
    "many.taught": (
        "The same two networks, taught the exact values by about as many updates: what they cannot do with the answers "
        "before them, no reward will teach them.",
        "같은 두 신경망에 비슷한 횟수의 갱신으로 정확한 값을 가르칩니다. 정답을 보고도 못 하는 일은 보상만으로도 못 합니다.",
    ),
    "many.taught stopped": (
        "Stopped: {count} of {all} networks were taught.",
        "멈춤: 신경망 {all}개 가운데 {count}개를 가르쳤습니다.",
    ),
    "many.lengths": ("Shortest walks by the length of the shortest path", "최단 경로의 길이별로 본 최단 비율"),
    "many.length": ("steps to the goal", "목표까지 스텝"),
    "many.mazes": ("mazes", "미로"),
    "many.larger": (
        "Shortest walks of the recurrent network with more iterations, and in larger mazes, which it never learned on",
        "순환 합성곱의 최단 비율: 반복을 늘렸을 때, 그리고 배운 적 없는 더 큰 미로에서",
    ),
    "many.cells": ("cells", "칸"),
    "many.iterations": ("iterations", "반복"),
    "many.network": ("network", "신경망"),
    "many.weights": ("weights", "가중치"),
    "many.share": ("shortest", "최단"),
    "many.seen": ("its own", "배운 미로"),
    "many.rms": ("RMS error", "RMS 오차"),
    "many.largest": ("largest", "최대"),
    "many.steps": ("step", "스텝"),
    "many.updates": ("updates", "갱신"),
    "many.result": ("Greedy walks from start to goal", "출발에서 목표까지 탐욕적으로 걷기"),
    "many.says": (
        "Shortest: the share of held-out mazes that are walked through by a shortest path; its own: the same of the mazes "
        "that were learned on. Errors are |Q - q*| over all actions of all states of the held-out mazes; values reach up to 1.",
        "최단은 본 적 없는 미로 중 최단 경로로 지나간 비율이고, 배운 미로는 학습에 쓴 미로에서의 같은 비율입니다. 오차는 "
        "본 적 없는 미로의 모든 상태와 행위에서 잰 |Q - q*|이고, 가치는 가장 커야 1입니다.",
    ),
    "many.stopped": (
        "Stopped after {steps} of {full} steps.",
        "멈춤: {full}스텝 가운데 {steps}스텝까지 배웠습니다.",
    ),
    "many.title": (
        "{held_out} mazes of {rows} x {columns} cells, never seen",
        "본 적 없는 {rows} x {columns}칸 미로 {held_out}개",
    ),
    "many.note": ("learned on {training} mazes at once, seed {seed}", "미로 {training}개에서 한꺼번에 학습, 시드 {seed}"),
    "many.walks": ("Walks of the recurrent network, mazes never seen", "본 적 없는 미로에서 순환 합성곱이 걸은 길"),
}

PHRASES = {**PAGES, **MANY}
say = speaker(PAGES, MANY)
"""The phrase of a key in a language, values put into its braces."""
