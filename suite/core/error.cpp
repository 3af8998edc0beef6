#include "suite/core/error.h"

#include <utility>

namespace dsqbench {

namespace {
std::string join(const std::string& place, const std::string& message, const std::string& hint) {
    std::string text = place.empty() ? message : place + ": " + message;
    return hint.empty() ? text : text + "; " + hint;
}
}  // namespace

Error::Error(ExitCode code, std::string message, std::string hint, std::string place)
    : code_(code),
      message_(std::move(message)),
      hint_(std::move(hint)),
      place_(std::move(place)),
      text_(join(place_, message_, hint_)) {}

}  // namespace dsqbench
