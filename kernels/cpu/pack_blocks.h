// Rows of quantised blocks to lanes of panels (see panel_format.h) and back.
#pragma once

#include "panel_format.h"

#include <cstdint>

namespace inferlab {

// Sizes of a panel.
struct PanelLayout
{
    int64_t valueBytes = 0;
    int64_t scales = 0; // 16-bit numbers
};

PanelLayout panelLayout(PanelFormat format, int64_t cols) noexcept;

// Columns of a row of this format are a multiple of this.
int64_t panelColumns(PanelFormat format) noexcept;

// One row of a file's blocks, of a quantised format, to lane `lane` of the panel at values and
// scales. cols: a multiple of panelColumns(). Nothing is rounded.
void packRow(PanelFormat format, const uint8_t *row, int64_t cols, int lane, uint8_t *values,
             uint16_t *scales) noexcept;

// The row in lane `lane` as float32 [cols]: the same bits as dequantizeRow() of the file's row.
void unpackLane(PanelFormat format, const uint8_t *values, const uint16_t *scales, int64_t cols,
                int lane, float *out) noexcept;

} // namespace inferlab
