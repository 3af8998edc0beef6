// Plots as SVG that stands alone or in a page: text is text, colours follow the page's, light or dark.
#pragma once

#include <string>

#include "suite/report/plot.h"

namespace dsqbench {

std::string to_svg(const Plot& plot);  // "" for an empty one

}  // namespace dsqbench
