// What the phases of a step took on the device's own clock, in nanoseconds; layers summed.
#pragma once

#include <cstdint>

namespace inferlab {

struct DevicePhases
{
    int64_t uploadNs = 0;    // from the first copy of its inputs to its first kernel
    int64_t embedNs = 0;     // rows of the embedding table
    int64_t attentionNs = 0; // of all layers
    int64_t productsNs = 0;  // of all layers: products, and the row operators between them
    int64_t logitsNs = 0;    // last norm and output matrix
    int64_t samplingNs = 0;  // the summary of the logits that draws are made from

    bool operator==(const DevicePhases &) const = default;
    DevicePhases &operator+=(const DevicePhases &other) noexcept
    {
        uploadNs += other.uploadNs;
        embedNs += other.embedNs;
        attentionNs += other.attentionNs;
        productsNs += other.productsNs;
        logitsNs += other.logitsNs;
        samplingNs += other.samplingNs;
        return *this;
    }
    int64_t totalNs() const noexcept
    {
        return uploadNs + embedNs + attentionNs + productsNs + logitsNs + samplingNs;
    }
};

} // namespace inferlab
