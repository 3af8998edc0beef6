// What a reader's refusal must look like: the exit code, the file, and the words that say what is wrong.
#pragma once

#include <gmock/gmock.h>

#include "tests/refusal.h"

namespace dsqbench {

inline void expect_error(ExitCode code, const std::string& place, const std::string& words,
                         const std::function<void()>& action) {
    const Error error = refusal_of(action);
    EXPECT_EQ(error.code(), code) << error.what();
    EXPECT_THAT(error.place(), testing::HasSubstr(place)) << error.what();
    EXPECT_THAT(error.what(), testing::HasSubstr(words));
}

inline void expect_data_error(const std::string& place, const std::string& words, const std::function<void()>& action) {
    expect_error(ExitCode::data, place, words, action);
}

}  // namespace dsqbench
