package io.github.tfkfac.tools.placement;

/** A kind of device, the preferred one first. */
public enum Processor {
  GPU,
  CPU
}
