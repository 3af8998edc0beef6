// The device that a run trains on.
#pragma once

#include <ATen/ATen.h>

#include <string>

#include "suite/data/loader.h"
#include "suite/models/network.h"

namespace dsqbench {

// Throws Error(unavailable) where this LibTorch, or this machine, has no such device.
void check_device(at::Device device);

// The device of a rank that is told "cuda": one of this machine's for each of its ranks, as far as there are some. Any
// other name is its own.
std::string device_of_rank(const std::string& device, int rank_here);

// Checks it, and has this thread's work on "the GPU" go to it.
void use_device(at::Device device);

// "cuda:0, NVIDIA H200", as rows say it.
std::string text_of(at::Device device);

// Where the network's parameters are.
at::Device device_of(const Network& network);
Batch on_device(const Batch& batch, at::Device device);

}  // namespace dsqbench
