"""What is behind `MazeVectorEnv`: tables of many mazes, one engine a backend, random streams, observations and infos."""
