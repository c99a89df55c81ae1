package io.github.tfkfac.tools.render;

/** Drawing that {@link PlotRenderer} renders. */
public sealed interface Drawing permits Plot, HeatMap, Bars {}
