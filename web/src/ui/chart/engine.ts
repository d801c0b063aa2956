// The parts of ECharts that the figures use; a chunk of its own, loaded with the first chart. Drawn as
// SVG: it is sharp at any size, small, and is what the download hands out.
import { BarChart, LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, LineChart, ScatterChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

export { init };
export type { ECharts, EChartsCoreOption } from 'echarts/core';
