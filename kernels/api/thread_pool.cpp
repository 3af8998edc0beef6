#include "kernels/api/thread_pool.h"

#include <pthread.h>
#include <sched.h>

#include <algorithm>
#include <chrono>

namespace dsqbench {
namespace {

// More than between two layers of a network, less than a scheduler's time slice.
constexpr std::chrono::microseconds looking_for_work{200};

void pause_briefly() {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

// Processors that this process may run on; none where the system does not say.
cpu_set_t allowed_processors() {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) != 0) CPU_ZERO(&set);
    return set;
}

// Whether `is_true()` within that time.
template <class Condition>
bool comes_soon(const Condition& is_true) {
    const auto end = std::chrono::steady_clock::now() + looking_for_work;
    do {
        for (int i = 0; i < 32; ++i) {
            if (is_true()) return true;
            pause_briefly();
        }
    } while (std::chrono::steady_clock::now() < end);
    return false;
}

}  // namespace

int usable_processors() {
    const cpu_set_t set = allowed_processors();
    if (const int count = CPU_COUNT(&set); count > 0) return count;
    return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

ThreadPool::ThreadPool(int threads)
    : workspaces_(static_cast<std::size_t>(std::clamp(threads, 1, usable_processors()))) {
    for (std::size_t thread = 1; thread < workspaces_.size(); ++thread)
        workers_.emplace_back([this, thread] { serve(thread); });
}

ThreadPool::~ThreadPool() {
    {
        const std::lock_guard lock(mutex_);
        work_ = nullptr;
        ++round_;
    }
    start_.notify_all();
    for (std::thread& worker : workers_) worker.join();
}

void ThreadPool::run(const Convolution& convolution, const ConvolutionBuffers& buffers) {
    std::byte* input = shared_.reserve(convolution.input_bytes());
    convolution.prepare_input(buffers, input);
    run(convolution.blocks(), [&](Blocks part, std::size_t thread) {
        convolution.run_blocks(buffers, input, workspaces_[thread].reserve(convolution.scratch_bytes()), part);
    });
}

// Shares are fixed, one contiguous part a thread: blocks cost the same, and each thread keeps its part of the image in
// its own cache.
void ThreadPool::run(std::int64_t count, const Share& share) {
    // Nothing to share: waking the others would cost more.
    if (count <= 1 || workers_.empty()) {
        if (count > 0) share({0, count}, 0);
        return;
    }
    on_every_thread([&](std::size_t thread) {
        const std::int64_t threads = this->threads(), i = static_cast<std::int64_t>(thread);
        const Blocks part{count * i / threads, count * (i + 1) / threads};
        if (part.first < part.end) share(part, thread);
    });
}

// Linux wakes a thread where its waker runs, and moves it to an idle processor only milliseconds later: both threads
// took turns on one processor of two in nine wake-ups of ten (Linux 6.18).
void ThreadPool::keep_workers_off_this_processor() {
    const int processor = sched_getcpu();
    if (workers_.empty() || processor < 0 || processor == callers_processor_) return;
    cpu_set_t others = allowed_processors();
    CPU_CLR(static_cast<std::size_t>(processor), &others);
    if (CPU_COUNT(&others) == 0) return;
    for (std::thread& worker : workers_) pthread_setaffinity_np(worker.native_handle(), sizeof others, &others);
    callers_processor_ = processor;
}

void ThreadPool::on_every_thread(const std::function<void(std::size_t)>& work) {
    keep_workers_off_this_processor();
    {
        const std::lock_guard lock(mutex_);
        work_ = &work;
        running_ = workers_.size();
        ++round_;
    }
    start_.notify_all();
    work(0);
    const auto all_are_done = [this] { return running_ == 0; };
    if (comes_soon(all_are_done)) return;
    std::unique_lock lock(mutex_);
    done_.wait(lock, all_are_done);
}

void ThreadPool::serve(std::size_t thread) {
    for (std::uint64_t seen = 0;; ++seen) {
        const auto is_given_out = [this, seen] { return round_ != seen; };
        if (!comes_soon(is_given_out)) {
            std::unique_lock lock(mutex_);
            start_.wait(lock, is_given_out);
        }
        if (work_ == nullptr) return;
        (*work_)(thread);
        if (--running_ > 0) continue;
        const std::lock_guard lock(mutex_);  // not between the caller's last look and its sleep
        done_.notify_one();
    }
}

}  // namespace dsqbench
