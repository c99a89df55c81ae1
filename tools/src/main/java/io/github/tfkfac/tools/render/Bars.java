package io.github.tfkfac.tools.render;

import java.util.List;

/**
 * Bars made of stacked parts.
 *
 * @param title above the bars
 * @param yLabel unit of the vertical axis
 * @param names of the bars, from left to right
 * @param parts from the bottom to the top
 */
public record Bars(String title, String yLabel, List<String> names, List<Part> parts)
    implements Drawing {

  /**
   * Contribution of one part to every bar.
   *
   * @param name its entry in the legend
   * @param heights one per bar, not negative
   */
  public record Part(String name, List<Double> heights) {
    public Part {
      heights = List.copyOf(heights);
    }
  }

  public Bars {
    names = List.copyOf(names);
    parts = List.copyOf(parts);
    for (Part part : parts) {
      if (part.heights().size() != names.size()) {
        throw new IllegalArgumentException(
            "expected %d heights of '%s', found %d"
                .formatted(names.size(), part.name(), part.heights().size()));
      }
    }
  }
}
