// What a reader's refusal must look like: the exit code, the file, and the words that say what is wrong.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "suite/core/error.h"

namespace dsqbench {

template <class Action>
void expect_error(ExitCode code, const std::string& place, const std::string& words, const Action& action) {
    try {
        action();
        ADD_FAILURE() << "nothing thrown where '" << words << "' was due";
    } catch (const Error& error) {
        EXPECT_EQ(error.code(), code) << error.what();
        EXPECT_NE(error.place().find(place), std::string::npos) << error.what();
        EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
    }
}

template <class Action>
void expect_data_error(const std::string& place, const std::string& words, const Action& action) {
    expect_error(ExitCode::data, place, words, action);
}

}  // namespace dsqbench
