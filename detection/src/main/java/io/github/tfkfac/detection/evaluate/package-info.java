/** COCO's evaluation of boxes and masks. Depends on {@code detection.coco}. */
@NullMarked
package io.github.tfkfac.detection.evaluate;

import org.jspecify.annotations.NullMarked;
