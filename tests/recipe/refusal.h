// The error of an action that must fail with one.
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
    return Error(ExitCode::ok, "nothing was refused");
}

}  // namespace dsqbench
