// What every file below the LibTorch line includes, precompiled.
#pragma once

#include <ATen/ATen.h>
#include <torch/csrc/autograd/custom_function.h>
#include <torch/nn/module.h>

#include <nlohmann/json.hpp>
