// A sampler with a scratch and a memory of its own, as a request has them in the engine.
#pragma once

#include "engine/run/sampler.h"

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace inferlab::test {

class LoneSampler
{
public:
    LoneSampler(const SamplingSettings &settings, size_t vocabulary,
                std::vector<int32_t> prompt = {})
        : m_sampler(settings)
        , m_scratch(static_cast<int32_t>(vocabulary))
        , m_seen(std::move(prompt))
    { }

    Choice sample(std::span<const float> logits)
    {
        const LogitSummary summary = summariseRow(logits, m_sampler.temperature());
        Choice choice = m_sampler.sample(
            summary, static_cast<int32_t>(logits.size()), [logits] { return logits; }, m_seen,
            m_scratch);
        m_seen.push_back(choice.id);
        return choice;
    }

private:
    Sampler m_sampler;
    SamplerScratch m_scratch;
    std::vector<int32_t> m_seen;
};

} // namespace inferlab::test
