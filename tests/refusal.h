// The error of an action that must fail with one; where it does not, the test fails and the message is empty.
#pragma once

#include <gtest/gtest.h>

#include <functional>

#include "suite/core/error.h"

namespace dsqbench {

inline Error refusal_of(const std::function<void()>& action) {
    try {
        action();
    } catch (const Error& error) {
        return error;
    }
    ADD_FAILURE() << "nothing was refused";
    return Error(ExitCode::ok, "");
}

}  // namespace dsqbench
