#include "kernels/api/thread_pool.h"

#include <sched.h>

#include <algorithm>

namespace dsqbench {

int usable_processors() {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return std::max(1, CPU_COUNT(&set));
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

ThreadPool::ThreadPool(int threads)
    : workspaces_(static_cast<std::size_t>(std::clamp(threads, 1, usable_processors()))) {
    for (std::size_t thread = 1; thread < workspaces_.size(); ++thread)
        workers_.emplace_back([this, thread] { work(thread); });
}

ThreadPool::~ThreadPool() {
    {
        const std::lock_guard lock(mutex_);
        stop_ = true;
    }
    start_.notify_all();
    for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::run(const Convolution& convolution, const ConvolutionBuffers& buffers) {
    std::byte* input = shared_.reserve(convolution.input_bytes());
    convolution.prepare_input(buffers, input);
    {
        const std::lock_guard lock(mutex_);
        convolution_ = &convolution;
        buffers_ = buffers;
        input_ = input;
        running_ = workers_.size();
        ++round_;
    }
    start_.notify_all();
    run_share(0);
    std::unique_lock lock(mutex_);
    done_.wait(lock, [this] { return running_ == 0; });
}

// Shares are fixed, one contiguous range a thread: blocks cost the same, and each thread keeps its part of the image in
// its own cache.
void ThreadPool::run_share(std::size_t thread) {
    const auto threads = static_cast<std::int64_t>(workspaces_.size()), share = static_cast<std::int64_t>(thread);
    const std::int64_t blocks = convolution_->blocks();
    const Blocks range{blocks * share / threads, blocks * (share + 1) / threads};
    if (range.first < range.end)
        convolution_->run_blocks(buffers_, input_, workspaces_[thread].reserve(convolution_->scratch_bytes()), range);
}

void ThreadPool::work(std::size_t thread) {
    for (std::uint64_t seen = 0;;) {
        {
            std::unique_lock lock(mutex_);
            start_.wait(lock, [this, seen] { return stop_ || round_ != seen; });
            if (stop_) return;
            seen = round_;
        }
        run_share(thread);
        const std::lock_guard lock(mutex_);
        if (--running_ == 0) done_.notify_one();
    }
}

}  // namespace dsqbench
