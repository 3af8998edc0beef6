// The parts of the leaderboard's page below the table of contenders; each is empty where there is nothing to show.
#pragma once

#include <string>

#include "suite/report/leaderboard.h"

namespace dsqbench {

std::string plots_section(const std::vector<BoardPlots>& board_plots);
std::string claims_section(const Leaderboard& board);
std::string cards_section(const Leaderboard& board);
std::string networks_section(const Leaderboard& board);
std::string kernels_section(const Leaderboard& board);
std::string throughputs_section(const Leaderboard& board);
std::string published_section(const Leaderboard& board);

}  // namespace dsqbench
