package io.github.tfkfac.tools.lab.experiment;

import io.github.tfkfac.tools.render.Drawing;
import io.github.tfkfac.tools.render.Table;
import java.util.List;

/** One part of what an experiment's report says. */
public sealed interface Finding {

  /**
   * A heading.
   *
   * @param text plain text
   */
  record Title(String text) implements Finding {}

  /**
   * A sentence or more.
   *
   * @param text plain text
   */
  record Text(String text) implements Finding {}

  /**
   * Numbers.
   *
   * @param table its cells
   */
  record Numbers(Table table) implements Finding {}

  /**
   * A picture, also kept as a file.
   *
   * @param name of the file without its ending
   * @param caption what is seen
   * @param drawings at most two in a row
   */
  record Picture(String name, String caption, List<Drawing> drawings) implements Finding {
    public Picture {
      drawings = List.copyOf(drawings);
    }
  }
}
