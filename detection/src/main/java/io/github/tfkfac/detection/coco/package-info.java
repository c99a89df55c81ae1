/**
 * COCO data: images, annotations, categories, masks as run lengths, results; reading, writing and
 * checking them. Depends on {@code detection.box}.
 */
@NullMarked
package io.github.tfkfac.detection.coco;

import org.jspecify.annotations.NullMarked;
