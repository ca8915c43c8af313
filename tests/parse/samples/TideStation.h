//  What a tide station can do for you.

#import <Foundation/Foundation.h>

NS_ASSUME_NONNULL_BEGIN

@class TideStation;

/// Hears about the water.
@protocol TideStationDelegate <NSObject>

@required
- (void)station:(TideStation *)station didMeasure:(double)level;

@optional
- (BOOL)stationShouldMeasure:(TideStation *)station;

@end

/**
 * One gauge in one harbour.
 */
@interface TideStation : NSObject <NSCopying>

/// Metres above chart datum.
@property (nonatomic, readonly) double level;
@property (nonatomic, weak, nullable) id<TideStationDelegate> delegate;

+ (instancetype)sharedStation;
- (instancetype)initWithName:(NSString *)name number:(NSInteger)number NS_DESIGNATED_INITIALIZER;
- (void)measure;

@end

@interface NSString (TideTrim)
- (NSString *)tide_trimmed;
@end

NS_ASSUME_NONNULL_END
